/* rest.h - whoever is left once the program has ended: every process of our
 * PID namespace but us and our helpers, children of ours or not; when we are
 * not PID 1, our descendants.  They are told to stop and watched until none
 * is left: by pidfd, since the end of a process with parent 0 (an exec of the
 * engine's, a health probe) is told to nobody in here. */
#ifndef INIT_REST_H
#define INIT_REST_H

/* everybody 0: whoever is left is left alone. */
void rest_init(int everybody);

/* TERM (and CONT, for those that are stopped) or KILL to all of them, then
 * gone() as soon as none is left.  KILL is repeated for those that still
 * come. */
void rest_stop(int sig, void (*gone)(void));

void rest_forget(void);		/* gone() is not called any more */
void rest_sweep(void);		/* KILL whoever would outlive us */

#endif
