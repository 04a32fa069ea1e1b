/* outlet.h - where a relay puts what the program writes: a file, a wire, or our
 * own standard output.  What is not taken at once is kept in a ring; where the
 * program must not be kept waiting, the oldest lines in it go when it is full,
 * and that is told.  A relay has one of them. */
#ifndef INIT_OUTLET_H
#define INIT_OUTLET_H

#include <stddef.h>

struct wire;

#define OUTLET_LAST_MS 900	/* to deliver the last; PID 1 waits for 1 s */

/* taken() is called when something was.  0, or -1 after saying why. */
int outlet_plain(int fd, void (*taken)(void));
int outlet_file(const char *path, int rotate_ms, void (*taken)(void));
void outlet_wire(const struct wire *w, int drops, void (*taken)(void));

int outlet_drops(void);		/* it drops, rather than keep one waiting */
int outlet_is_full(void);	/* put nothing now */
int outlet_pending(void);	/* not all is taken */
void outlet_put(const char *data, size_t n);

/* Have as much taken as can be.  0, or -1 and errno: the wire is gone. */
int outlet_flush(void);

/* It was, and what was on its way has to go over the next one: from the begin
 * of the line that was cut. */
void outlet_restart(void);

void outlet_close(void);	/* say what was never taken */

#endif
