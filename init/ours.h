/* ours.h - which processes are ours and not the program's: companions and
 * helpers.  Each of them leads a session of its own.  Whatever such a process
 * starts in there is spared with it when the rest is told to stop.  They are
 * made known before the program runs. */
#ifndef INIT_OURS_H
#define INIT_OURS_H

#include <sys/types.h>

#define OURS_MAX 32

struct child;

void ours_add(const struct child *c);	/* borrowed for good */
int ours_known(void);			/* how many there are */
int ours_left(void);			/* how many of them run */
int ours_is(pid_t pid, pid_t session);	/* one of them, or in its session */
pid_t ours_pid(int i);			/* of the i-th that was made known; 0 */
int ours_top(void);			/* their highest descriptor, or -1 */

#endif
