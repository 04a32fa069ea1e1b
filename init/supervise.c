#include "init/supervise.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/backoff.h"
#include "init/bound.h"
#include "init/companion.h"
#include "init/intake.h"
#include "init/output.h"
#include "init/prestop.h"
#include "init/program.h"
#include "init/rest.h"
#include "init/restart.h"
#include "init/webhook.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/sig.h"

#define STUCK_MS 2000	/* what KILL does not end in this time never ends */
#define DRAIN_MS 1000	/* for what the program wrote and nobody took */
#define TELL_MS 2000	/* for the web hook, at the very end */

enum state {
	START,		/* forked, not executed yet */
	RUN,
	ASK,		/* the pre-stop command runs, stop signals wait */
	TERM,		/* it has ended, the rest is told to stop */
	KILL,		/* whoever runs is killed, it too */
	NEXT,		/* nobody is left: and now? */
	PAUSE,		/* until it is started again */
	DRAIN,		/* relays pass on the last that it wrote */
	LAST,		/* companions are told to stop */
	END,		/* and killed */
	TELL,		/* the web hook is told that it is over */
	NSTATE
};

/* Of the time that a stop may take this is kept back for those that come after:
 * what else there is, and the companions.  It is meant for a whole of
 * KEPT_OF_MS and less if there is less. */
#define KEEP_PROGRAM 500, 1500
#define KEEP_KILL 200, 1200
#define KEEP_DRAIN 100, 800
#define KEEP_LAST 0, 300
#define KEEP_END 0, 100
#define KEEP_TELL 0, 0
#define KEEP_ASK 4500, 4500	/* half of it is the program's */
#define KEPT_OF_MS 9000

enum event {
	RUNS,		/* it is executed */
	ENDED,		/* it has ended, or could not be executed */
	GONE,		/* nobody is left but our companions */
	AGAIN,		/* it is to be started again */
	ENOUGH,		/* it is not */
	DRAINED,	/* all that it wrote has been passed on */
	ALONE,		/* the companions have ended, too */
	TOLD,		/* so has the web hook */
	STOP,		/* the first stop signal */
	STOP_ASK,	/* the same where the pre-stop command comes first */
	ASKED,		/* which has ended */
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
	int64_t keep;		/* of the stop time, in this state */
	struct timer timer;
} sup;

static int step(enum event ev);
static void on_ended(int status);

/* TIMEOUT in ms, or earlier if the time to stop is short. */
static void
arm_keeping(int64_t ms, int64_t keep)
{
	int64_t left;

	sup.keep = keep;
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
arm(int64_t ms, int64_t keep, int64_t keep_with_companions)
{
	arm_keeping(ms, companions_left() ? keep_with_companions : keep);
}

static void
on_gone(void)
{
	(void)step(GONE);
}

static void
on_drained(void)
{
	(void)step(DRAINED);
}

static void
on_alone(void)
{
	(void)step(ALONE);
}

static void
on_told(void)
{
	(void)step(TOLD);
}

static void
on_asked(void)
{
	(void)step(ASKED);
}

static void
on_bound(void)
{
	webhook_tell("running");
}

/* What happens in the cells of the table. */

static void
start(void)
{
	companions_start(on_alone);
	output_start(intake_hang_up);
	webhook_tell("starting");
	sup.since = loop_now();
	if (program_start(&sup.program) < 0)
		on_ended(126);
	else
		program_release(&sup.program, intake_top());
}

static void
runs(void)
{
	log_debug("%s runs as %d", sup.life->argv[0],
	    (int)sup.program.child.pid);
	if (!bound_watch(on_bound))
		webhook_tell("running");
}

static void
ask_rest(void)
{
	bound_stop();
	if (sup.life->leave_sig)
		program_signal_left(&sup.program, sup.life->leave_sig);
	rest_stop(SIGTERM, on_gone);
	arm(sup.life->kill_ms, KEEP_PROGRAM);
}

/* The program has been told; a stopped one hears of it only now. */
static void
stop_program(void)
{
	program_signal(&sup.program, SIGCONT);
	arm(sup.life->stop_ms, KEEP_PROGRAM);
}

static void
ask(void)
{
	arm(sup.life->stop_ms, KEEP_ASK);
	if (prestop_start(sup.life->pre_stop, program_dir(&sup.program),
	    on_asked) < 0)
		(void)step(ASKED);
}

static void
end_asking(void)
{
	log_warn("time is up: killing the pre-stop command");
	prestop_kill();
	(void)step(ASKED);
}

static void
stop_late(void)
{
	intake_release();
	stop_program();
}

/* The rest has been told before, but now there is less time. */
static void
hurry(void)
{
	int64_t left = sup.timer.at - loop_now();

	arm_keeping(left > 0 ? left : 0, sup.keep);
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
	arm(STUCK_MS, KEEP_KILL);
}

static void
decide(void)
{
	(void)step(!sup.stopping && restart_again(sup.life->restart,
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
	webhook_tell("crashed");
	loop_timer(&sup.timer, ms);
}

static void
drain(void)
{
	if (output_end(on_drained))
		arm(DRAIN_MS, KEEP_DRAIN);
	else
		(void)step(DRAINED);
}

static void
cut_off(void)
{
	log_warn("time is up: what the program wrote last is lost");
	output_kill();
	(void)step(DRAINED);
}

static void
stop_companions(void)
{
	companions_stop();
	if (companions_left())
		arm(sup.life->kill_ms, KEEP_LAST);
	else
		(void)step(ALONE);
}

static void
kill_companions(void)
{
	log_warn("time is up: killing the companions");
	companions_kill();
	arm(STUCK_MS, KEEP_END);
}

static void
tell(void)
{
	if (webhook_last("crashed", on_told))
		arm(TELL_MS, KEEP_TELL);
	else
		(void)step(TOLD);
}

static void
give_up_telling(void)
{
	log_warn("time is up: the web hook was not told of the end");
	webhook_kill();
	(void)step(TOLD);
}

static void
finish(void)
{
	rest_sweep();
	loop_untimer(&sup.timer);
	if (sup.life->tell)
		sup.life->tell(TALE_EXIT, sup.status, 0, sup.life->argv[0]);
	loop_stop(sup.status);
}

/* The whole policy.  An empty cell: the event means nothing there. */
static const struct {
	void (*act)(void);
	enum state next;
} rules[NSTATE][NEVENT] = {
	[START] = {
		[RUNS]     = { runs, RUN },
		[ENDED]    = { ask_rest, TERM },
		[STOP]     = { stop_program, START },
		[STOP_ASK] = { ask, ASK },
		[TIMEOUT]  = { kill_rest, KILL },
	},
	[RUN] = {
		[RUNS]     = { runs, RUN },
		[ENDED]    = { ask_rest, TERM },
		[STOP]     = { stop_program, RUN },
		[STOP_ASK] = { ask, ASK },
		[TIMEOUT]  = { kill_rest, KILL },
	},
	[ASK] = {
		[RUNS]     = { runs, ASK },
		[ENDED]    = { ask_rest, TERM },
		[ASKED]    = { stop_late, RUN },
		[TIMEOUT]  = { end_asking, ASK },
	},
	[TERM] = {
		[GONE]     = { decide, NEXT },
		[STOP]     = { hurry, TERM },
		[TIMEOUT]  = { kill_rest, KILL },
	},
	[KILL] = {
		[GONE]     = { decide, NEXT },
		[STOP]     = { hurry, KILL },
		[TIMEOUT]  = { give_up, NEXT },
	},
	[NEXT] = {
		[AGAIN]    = { wait_a_while, PAUSE },
		[ENOUGH]   = { drain, DRAIN },
	},
	[PAUSE] = {
		[STOP]     = { drain, DRAIN },
		[TIMEOUT]  = { start, START },
	},
	[DRAIN] = {
		[DRAINED]  = { stop_companions, LAST },
		[STOP]     = { hurry, DRAIN },
		[TIMEOUT]  = { cut_off, DRAIN },
	},
	[LAST] = {
		[ALONE]    = { tell, TELL },
		[STOP]     = { hurry, LAST },
		[TIMEOUT]  = { kill_companions, END },
	},
	[END] = {
		[ALONE]    = { tell, TELL },
		[STOP]     = { hurry, END },
		[TIMEOUT]  = { tell, TELL },
	},
	[TELL] = {
		[TOLD]     = { finish, TELL },
		[STOP]     = { hurry, TELL },
		[TIMEOUT]  = { give_up_telling, TELL },
	},
};

/* -1: the event means nothing now. */
static int
step(enum event ev)
{
	void (*act)(void) = rules[sup.state][ev].act;

	if (!act)
		return -1;
	sup.state = rules[sup.state][ev].next;
	act();			/* may step on */
	return 0;
}

static void
on_runs(void)
{
	(void)step(RUNS);
}

static void
on_ended(int status)
{
	log_debug("%s ended with status %d", sup.life->argv[0], status);
	sup.status = status;
	sup.up_ms = loop_now() - sup.since;
	(void)step(ENDED);
}

static void
on_timeout(struct timer *t)
{
	(void)t;
	(void)step(TIMEOUT);
}

static void
on_stop(void)
{
	sup.stopping = 1;
	sup.deadline = loop_now() + sup.life->stop_ms;
	if (!sup.life->pre_stop || step(STOP_ASK) < 0)
		(void)step(STOP);
}

/* Whoever is not PID 1 asks for the orphans. */
static void
take_place(void)
{
	const struct life *l = sup.life;

	if (getpid() != 1 && !l->no_reaper &&
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		log_err("become the reaper of orphans");
	if (l->pdeathsig && prctl(PR_SET_PDEATHSIG, l->pdeathsig, 0, 0, 0) < 0)
		log_err("ask for %s at the end of our parent",
		    sig_name(l->pdeathsig));
}

int
supervise(const struct life *l)
{
	int status;

	sup.life = l;
	if (intake_open(&sup.program, on_stop) < 0)
		dief("block signals");
	take_place();
	rest_init(!l->leave || getpid() == 1);
	sup.program.runs = on_runs;
	sup.program.ended = on_ended;
	intake_skip(program_init(&sup.program, l));
	intake_start();
	sup.timer.fn = on_timeout;
	sup.state = START;
	start();
	while ((status = loop_run()) < 0)	/* out of memory, say */
		(void)poll(NULL, 0, 100);
	return status;
}
