/* backoff.h - how long to wait before something that ended runs again:
 * 0.1 s, twice as long each time up to 30 s, and from the start again once
 * it has been up for 10 s.  Pure. */
#ifndef INIT_BACKOFF_H
#define INIT_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 30000
#define BACKOFF_UP_MS 10000

/* The next pause in ms after it has been up for up_ms; *last is the pause
 * before, 0 at first. */
int backoff_next(int *last, int64_t up_ms);

#endif
