/* intake.h - the signals that we get: read one by one, passed on to the
 * program, taken as the order to stop.  Those that mean "stop" are held back
 * while the pre-stop command runs. */
#ifndef INIT_INTAKE_H
#define INIT_INTAKE_H

struct program;

/* Block them all, before anything else: what comes from now on is not lost.
 * For PID 1 the kernel drops what is neither blocked nor handled. */
void intake_block(void);
void intake_block_all(void);	/* those that tell of a bug, too */

/* The same, if that was not done.  p (borrowed for good) gets them, stop() is
 * called at the first that means it.  -1 and errno. */
int intake_open(struct program *p, void (*stop)(int sig));
int intake_top(void);		/* our descriptor */

/* Of the next HUP and CONT, n each are for nobody. */
void intake_skip(int n);
void intake_start(void);	/* take them from the loop on */

/* The program gets those that were held back. */
void intake_release(void);

/* What it reads from and writes to is gone: as if TERM had come. */
void intake_hang_up(void);

#endif
