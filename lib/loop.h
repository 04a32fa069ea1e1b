/* loop.h - one poll(2) loop: descriptors, timers, nothing else.
 * The caller embeds struct watch / struct timer in its own object, zeroed at
 * first, so the loop allocates nothing per event and owns nothing but its
 * arrays.  Any callback may delete any watch or timer, its own included. */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <stdint.h>

struct watch {
	void (*fn)(struct watch *w, short revents);
	/* NULL, or waits for what fn waits for and does the same.  Called while
	 * there is no other watch and no timer: one system call, not two. */
	void (*alone)(struct watch *w);
	int place;		/* in the poll array, from 1; 0: not watched */
};

struct timer {
	void (*fn)(struct timer *t);
	int64_t at;		/* CLOCK_MONOTONIC, in ms */
	struct timer *next;	/* sorted by at */
	int armed;
};

int64_t loop_now(void);		/* CLOCK_MONOTONIC, in ms */

/* Call w->fn when fd is ready for events, as poll(2) has them.  A watch
 * that is already there gets the new descriptor and events. */
void loop_watch(struct watch *w, int fd, short events);
void loop_unwatch(struct watch *w);	/* harmless if not watched */

void loop_timer(struct timer *t, int64_t ms);	/* (re)arm, relative */
void loop_untimer(struct timer *t);		/* harmless if not armed */

/* Make room for n watches: PID 1 allocates nothing once its program runs. */
void loop_reserve(int n);

int loop_run(void);	/* until loop_stop(): its status; -1: poll failed */
void loop_stop(int status);

#endif
