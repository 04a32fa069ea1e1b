#include "lib/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/xalloc.h"

/* So many need no heap: they are what PID 1 reserves, whose start is to touch
 * few pages. */
#define FIRST 200

static struct pollfd first_pfd[FIRST], *pfd = first_pfd;
static struct watch *first_who[FIRST];
static struct watch **who = first_who;	/* of pfd[i]; NULL: deleted */
static int npfd, cap = FIRST;
static struct timer *timers;
static int running, status;

int64_t
loop_now(void)
{
	struct timespec ts;

#ifdef __LP64__
	/* PID 1 asks a few times in its life, which is cheaper than to look for
	 * the vDSO once.  Elsewhere struct timespec is not the kernel's. */
	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
#else
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
#endif
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
loop_reserve(int n)
{
	int first = cap == FIRST;

	if (n <= cap)
		return;
	cap = n;
	pfd = xreallocarray(first ? NULL : pfd, (size_t)cap, sizeof(*pfd));
	who = xreallocarray(first ? NULL : who, (size_t)cap,
	    sizeof(struct watch *));
	if (!first)
		return;
	memcpy(pfd, first_pfd, sizeof(first_pfd));
	memcpy(who, first_who, sizeof(first_who));
}

void
loop_watch(struct watch *w, int fd, short events)
{
	struct pollfd *p;

	if (!w->place) {
		if (npfd == cap)
			loop_reserve(cap * 2);
		w->place = ++npfd;
		who[w->place - 1] = w;
	}
	p = &pfd[w->place - 1];
	/* what poll() said of another descriptor means nothing for this one */
	*p = (struct pollfd){ .fd = fd, .events = events };
}

void
loop_unwatch(struct watch *w)
{
	if (!w->place)
		return;
	pfd[w->place - 1].fd = -1;	/* poll() skips it, sweep() drops it */
	who[w->place - 1] = NULL;
	w->place = 0;
}

void
loop_timer(struct timer *t, int64_t ms)
{
	struct timer **p;

	loop_untimer(t);
	t->at = loop_now() + ms;
	for (p = &timers; *p && (*p)->at <= t->at; p = &(*p)->next)
		;
	t->next = *p;
	*p = t;
	t->armed = 1;
}

void
loop_untimer(struct timer *t)
{
	struct timer **p;

	for (p = &timers; t->armed && *p; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			t->armed = 0;
			return;
		}
	}
}

/* Close the gaps that loop_unwatch() left. */
static void
sweep(void)
{
	int i, n = 0;

	for (i = 0; i < npfd; i++) {
		if (!who[i])
			continue;
		pfd[n] = pfd[i];
		who[n] = who[i];
		n++;
		who[n - 1]->place = n;
	}
	npfd = n;
}

static int
timeout(void)
{
	int64_t left;

	if (!timers)
		return -1;
	left = timers->at - loop_now();
	return left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

static void
run_timers(void)
{
	int64_t now = timers ? loop_now() : 0;
	struct timer *t;

	while ((t = timers) && t->at <= now) {
		timers = t->next;
		t->armed = 0;
		t->fn(t);
	}
}

static void
run_watches(void)
{
	int i, n = npfd;	/* those added now wait for the next round */

	for (i = 0; i < n; i++)
		if (who[i] && pfd[i].revents)
			who[i]->fn(who[i], pfd[i].revents);
}

/* The only one that there is to wait for, if it knows how to. */
static struct watch *
only_one(void)
{
	return npfd == 1 && !timers && who[0]->alone ? who[0] : NULL;
}

int
loop_run(void)
{
	struct watch *w;

	for (running = 1; running; ) {
		sweep();
		w = only_one();
		if (w) {
			w->alone(w);
			continue;
		}
		if (poll(pfd, (nfds_t)npfd, timeout()) < 0) {
			if (errno == EINTR)
				continue;
			log_err("poll");
			return -1;
		}
		run_timers();
		run_watches();
	}
	return status;
}

void
loop_stop(int st)
{
	running = 0;
	status = st;
}
