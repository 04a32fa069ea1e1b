/* prestop.h - --pre-stop: a command that runs before the program hears of a
 * stop.  It has a process group of its own and no input. */
#ifndef INIT_PRESTOP_H
#define INIT_PRESTOP_H

/* Start argv (borrowed for good); done() when it has ended, however.  -1 after
 * saying why there is no such process. */
int prestop_start(char *const *argv, const char *dir, void (*done)(void));
void prestop_kill(void);		/* its time is up */

#endif
