/* feed.h - what the program reads, where that comes over a wire: to the master
 * of its terminal or into a pipe.  What it does not take yet is kept. */
#ifndef INIT_FEED_H
#define INIT_FEED_H

#include <stddef.h>

#define FEED_BYTES 65536

/* fd (not blocking) is the terminal's master, or the end of a pipe; room() is
 * called when there is some again. */
void feed_open(int fd, int is_terminal, void (*room)(void));
size_t feed_room(void);
void feed_put(const char *data, size_t n);	/* n: no more than the room */

/* The end of its input: on a terminal what ^D is there, a pipe is closed. */
void feed_end(void);

#endif
