#include "init/supervise.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/backoff.h"
#include "init/companion.h"
#include "init/program.h"
#include "init/rest.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define STUCK_MS 2000	/* what KILL does not end in this time never ends */

enum state {
	START,		/* forked, not executed yet */
	RUN,
	TERM,		/* it has ended, the rest is told to stop */
	KILL,		/* whoever runs is killed, it too */
	NEXT,		/* nobody is left: and now? */
	PAUSE,		/* until it is started again */
	LAST,		/* companions are told to stop */
	END,		/* and killed */
	NSTATE
};

/* In a state, this is kept back of the time that a stop may take for those
 * that come after it: without and with companions.  It is meant for a whole
 * of KEPT_OF_MS and less if there is less. */
static const int keep_ms[NSTATE][2] = {
	[START] = { 500, 1500 },
	[RUN]   = { 500, 1500 },
	[TERM]  = { 500, 1500 },
	[KILL]  = { 200, 1200 },
	[LAST]  = { 0, 300 },
	[END]   = { 0, 100 },
};
#define KEPT_OF_MS 9000

enum event {
	RUNS,		/* it is executed */
	ENDED,		/* it has ended, or could not be executed */
	GONE,		/* nobody is left but our companions */
	AGAIN,		/* it is to be started again */
	ENOUGH,		/* it is not */
	ALONE,		/* the companions have ended, too */
	STOP,		/* the first stop signal */
	TIMEOUT,	/* the time of this state is over */
	NEVENT
};

static struct sup {
	const struct life *life;
	struct program program;
	enum state state;
	int status;		/* the program's */
	int stopping;		/* there was a stop signal */
	int64_t deadline;	/* for our exit, once there was one */
	int64_t since;		/* when it was started */
	int64_t up_ms;		/* how long it ran */
	int pause;		/* the last one, in ms */
	int sigfd;
	struct watch signals;
	struct timer timer;
} sup;

static void step(enum event ev);
static void on_ended(int status);

/* TIMEOUT in ms, or earlier if the time to stop is short. */
static void
arm(int64_t ms)
{
	int64_t keep = keep_ms[sup.state][companions_left() > 0], left;

	if (sup.stopping) {
		if (sup.life->stop_ms < KEPT_OF_MS)
			keep = keep * sup.life->stop_ms / KEPT_OF_MS;
		left = sup.deadline - keep - loop_now();
		if (ms > left)
			ms = left > 0 ? left : 0;
	}
	loop_timer(&sup.timer, ms);
}

static void
on_gone(void)
{
	step(GONE);
}

static void
on_alone(void)
{
	step(ALONE);
}

/* What happens in the cells of the table. */

static void
start(void)
{
	int top;

	companions_start(on_alone);
	sup.since = loop_now();
	if (program_start(&sup.program) < 0) {
		on_ended(126);
		return;
	}
	top = companions_top();
	program_release(&sup.program, top > sup.sigfd ? top : sup.sigfd);
}

static void
runs(void)
{
	log_debug("%s runs as %d", sup.life->argv[0],
	    (int)sup.program.child.pid);
}

static void
ask_rest(void)
{
	rest_stop(SIGTERM, on_gone);
	arm(sup.life->kill_ms);
}

/* The program has been told; a stopped one hears of it only now. */
static void
stop_program(void)
{
	program_signal(&sup.program, SIGCONT);
	arm(sup.life->stop_ms);
}

/* The rest has been told before, but now there is less time. */
static void
hurry(void)
{
	int64_t left = sup.timer.at - loop_now();

	arm(left > 0 ? left : 0);
}

static void
kill_rest(void)
{
	log_warn("time is up: killing what is left");
	if (sup.program.child.pid > 0) {
		sup.status = 128 + SIGKILL;
		program_signal(&sup.program, SIGKILL);
	}
	rest_stop(SIGKILL, on_gone);
	arm(STUCK_MS);
}

static void
decide(void)
{
	step(!sup.stopping && supervise_again(sup.life->restart,
	    sup.status) ? AGAIN : ENOUGH);
}

/* The kernel ends them when PID 1 has ended, if anything does. */
static void
give_up(void)
{
	log_warn("some processes survive KILL: leaving them");
	rest_forget();
	decide();
}

static void
wait_a_while(void)
{
	int ms = backoff_next(&sup.pause, sup.up_ms);

	log_warn("%s ended with status %d: again in %d ms",
	    sup.life->argv[0], sup.status, ms);
	loop_timer(&sup.timer, ms);
}

static void
stop_companions(void)
{
	companions_stop();
	if (companions_left())
		arm(sup.life->kill_ms);
	else
		step(ALONE);
}

static void
kill_companions(void)
{
	log_warn("time is up: killing the companions");
	companions_kill();
	arm(STUCK_MS);
}

static void
finish(void)
{
	rest_sweep();
	loop_untimer(&sup.timer);
	loop_stop(sup.status);
}

/* The whole policy.  An empty cell: the event means nothing there. */
static const struct {
	void (*act)(void);
	enum state next;
} rules[NSTATE][NEVENT] = {
	[START] = {
		[RUNS]    = { runs, RUN },
		[ENDED]   = { ask_rest, TERM },
		[STOP]    = { stop_program, START },
		[TIMEOUT] = { kill_rest, KILL },
	},
	[RUN] = {
		[ENDED]   = { ask_rest, TERM },
		[STOP]    = { stop_program, RUN },
		[TIMEOUT] = { kill_rest, KILL },
	},
	[TERM] = {
		[GONE]    = { decide, NEXT },
		[STOP]    = { hurry, TERM },
		[TIMEOUT] = { kill_rest, KILL },
	},
	[KILL] = {
		[GONE]    = { decide, NEXT },
		[STOP]    = { hurry, KILL },
		[TIMEOUT] = { give_up, NEXT },
	},
	[NEXT] = {
		[AGAIN]   = { wait_a_while, PAUSE },
		[ENOUGH]  = { stop_companions, LAST },
	},
	[PAUSE] = {
		[STOP]    = { stop_companions, LAST },
		[TIMEOUT] = { start, START },
	},
	[LAST] = {
		[ALONE]   = { finish, LAST },
		[STOP]    = { hurry, LAST },
		[TIMEOUT] = { kill_companions, END },
	},
	[END] = {
		[ALONE]   = { finish, END },
		[STOP]    = { hurry, END },
		[TIMEOUT] = { finish, END },
	},
};

static void
step(enum event ev)
{
	void (*act)(void) = rules[sup.state][ev].act;

	if (!act)
		return;
	sup.state = rules[sup.state][ev].next;
	act();			/* may step on */
}

static void
on_runs(void)
{
	step(RUNS);
}

static void
on_ended(int status)
{
	log_debug("%s ended with status %d", sup.life->argv[0], status);
	sup.status = status;
	sup.up_ms = loop_now() - sup.since;
	step(ENDED);
}

static void
on_timeout(struct timer *t)
{
	(void)t;
	step(TIMEOUT);
}

static void
stop(void)
{
	if (sup.stopping)
		return;		/* told so already */
	sup.stopping = 1;
	sup.deadline = loop_now() + sup.life->stop_ms;
	step(STOP);
}

static void
on_signals(struct watch *w, short revents)
{
	int sig, as;

	(void)w;
	(void)revents;
	while ((sig = sig_next(sup.sigfd)) > 0) {
		switch (signals_act(&sup.life->signals, sig, &as)) {
		case SIGNALS_REAP:
			(void)child_reap();
			break;
		case SIGNALS_FORWARD:
			program_signal(&sup.program, as);
			break;
		case SIGNALS_STOP:
			program_signal(&sup.program, as);
			stop();
			break;
		case SIGNALS_DROP:
			log_debug("drop %s", sig_name(sig));
			break;
		}
	}
}

int
supervise_again(enum restart policy, int status)
{
	/* done; wrong usage; "not here, let another try" (EX_TEMPFAIL); not
	 * allowed and wrongly set up (EX_NOPERM, EX_CONFIG); cannot be
	 * executed: no restart in the same place would mend it */
	static const int final[] = { 0, 2, 75, 77, 78, 126, 127 };
	size_t i;

	if (policy != RESTART_ON_FAILURE)
		return policy == RESTART_ALWAYS;
	for (i = 0; i < countof(final); i++)
		if (status == final[i])
			return 0;
	return 1;
}

int
supervise(const struct life *l)
{
	int status;

	sup.life = l;
	sup.sigfd = sig_open();
	if (sup.sigfd < 0)
		dief("block signals");
	if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		log_err("become the reaper of orphans");
	rest_init();
	sup.program.runs = on_runs;
	sup.program.ended = on_ended;
	sup.program.group = l->group;
	sup.program.restarts = l->restart != RESTART_NO;
	program_init(&sup.program, l->argv);
	sup.signals.fn = on_signals;
	sup.timer.fn = on_timeout;
	loop_watch(&sup.signals, sup.sigfd, POLLIN);
	sup.state = START;
	start();
	while ((status = loop_run()) < 0)	/* out of memory, say */
		(void)poll(NULL, 0, 100);
	return status;
}
