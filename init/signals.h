/* signals.h - what to do with a signal that PID 1 got: pass it on (as
 * another one, perhaps), drop it, take it as the order to stop.  Pure. */
#ifndef INIT_SIGNALS_H
#define INIT_SIGNALS_H

#include <signal.h>

#include "lib/sig.h"

struct signals {
	unsigned char as[SIG_MAX + 1];		/* passed on so; 0: itself */
	unsigned char drop[SIG_MAX + 1];	/* 1: passed on to nobody */
	unsigned char stop[SIG_MAX + 1];	/* 1: it means "stop" */
};
#define SIGNALS_INIT \
	{ .stop = { [SIGTERM] = 1, [SIGINT] = 1, [SIGQUIT] = 1 } }

enum signals_act {
	SIGNALS_DROP,
	SIGNALS_REAP,		/* CHLD is ours: children have ended */
	SIGNALS_FORWARD,
	SIGNALS_STOP,		/* forward it, and come to an end */
};

/* "TERM:QUIT,HUP:0": what SIG is passed on as; 0 drops it.  -1: bad list. */
int signals_rewrite(struct signals *s, const char *list);

/* "TERM,RTMIN+3": these and no others mean "stop".  -1: bad list. */
int signals_stop(struct signals *s, const char *list);

/* What sig means; *as is the signal to send. */
enum signals_act signals_act(const struct signals *s, int sig, int *as);

#endif
