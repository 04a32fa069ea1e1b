#include "init/act.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/backoff.h"
#include "init/bound.h"
#include "init/check.h"
#include "init/companion.h"
#include "init/intake.h"
#include "init/ours.h"
#include "init/output.h"
#include "init/prestop.h"
#include "init/program.h"
#include "init/rest.h"
#include "init/webhook.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/sig.h"

#define CHECK_MS 1000	/* a file system that hangs: exec may know better */
#define STUCK_MS 2000	/* what KILL does not end in this time never ends */
#define DRAIN_MS 1000	/* for what the program wrote and nobody took */
#define TELL_MS 2000	/* for the web hook, at the very end */

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

static struct {
	const struct life *life;
	struct program program;
	int status;		/* the program's */
	int stopping;		/* the first stop signal, 0: none yet */
	int64_t deadline;	/* for our exit, once there was one */
	int64_t since;		/* when it was started */
	int64_t up_ms;		/* how long it ran */
	int pause;		/* the last one, in ms */
	int64_t keep;		/* of the stop time, in this state */
	struct timer timer;
} act;

/* TIMEOUT in ms, or earlier if the time to stop is short. */
static void
arm_keeping(int64_t ms, int64_t keep)
{
	int64_t left;

	act.keep = keep;
	if (act.stopping) {
		if (act.life->stop_ms < KEPT_OF_MS)
			keep = keep * act.life->stop_ms / KEPT_OF_MS;
		left = act.deadline - keep - loop_now();
		if (ms > left)
			ms = left > 0 ? left : 0;
	}
	loop_timer(&act.timer, ms);
}

static void
arm(int64_t ms, int64_t keep, int64_t keep_with_companions)
{
	arm_keeping(ms, companions_left() ? keep_with_companions : keep);
}

static void
on_gone(void)
{
	(void)supervise_step(GONE);
}

static void
on_drained(void)
{
	(void)supervise_step(DRAINED);
}

static void
on_alone(void)
{
	(void)supervise_step(ALONE);
}

static void
on_told(void)
{
	(void)supervise_step(TOLD);
}

static void
on_asked(void)
{
	(void)supervise_step(ASKED);
}

static void
on_bound(void)
{
	webhook_tell("running");
}

static void
on_runs(void)
{
	(void)supervise_step(RUNS);
}

static void
on_ended(int status)
{
	log_debug("%s ended with status %d", act.life->argv[0], status);
	act.status = status;
	act.up_ms = loop_now() - act.since;
	(void)supervise_step(ENDED);
}

static void
on_timeout(struct timer *t)
{
	(void)t;
	(void)supervise_step(TIMEOUT);
}

static void
on_stop(int sig)
{
	act.stopping = sig;
	act.deadline = loop_now() + act.life->stop_ms;
	if (!act.life->pre_stop || supervise_step(STOP_ASK) < 0)
		(void)supervise_step(STOP);
}

static void
on_checked(int err)
{
	if (err)
		act.status = program_refused(&act.program, err);
	(void)supervise_step(err ? UNFIT : FIT);
}

/* Where nothing else is to be started the exec itself tells soon enough. */
void
act_check(void)
{
	if (ours_known() == 0 ||
	    check_start(act.life->argv[0], on_checked) < 0)
		(void)supervise_step(FIT);
	else
		loop_timer(&act.timer, CHECK_MS);
}

void
act_trust(void)
{
	check_stop();
	act_start();
}

void
act_do_not_start(void)
{
	check_stop();
	act.status = 128 + act.stopping;
	act_finish();
}

void
act_start(void)
{
	loop_untimer(&act.timer);
	companions_start(on_alone);
	output_start(intake_hang_up);
	webhook_tell("starting");
	act.since = loop_now();
	if (program_start(&act.program) < 0)
		on_ended(126);
	else
		program_release(&act.program, intake_top());
}

void
act_runs(void)
{
	log_debug("%s runs as %d", act.life->argv[0],
	    (int)act.program.child.pid);
	if (!bound_watch(on_bound))
		webhook_tell("running");
}

/* The program has been told; a stopped one hears of it only now. */
void
act_stop_program(void)
{
	program_signal(&act.program, SIGCONT);
	arm(act.life->stop_ms, KEEP_PROGRAM);
}

void
act_ask(void)
{
	arm(act.life->stop_ms, KEEP_ASK);
	if (prestop_start(act.life->pre_stop, program_dir(&act.program),
	    on_asked) < 0)
		(void)supervise_step(ASKED);
}

void
act_end_asking(void)
{
	log_warn("time is up: killing the pre-stop command");
	prestop_kill();
	(void)supervise_step(ASKED);
}

void
act_stop_late(void)
{
	intake_release();
	act_stop_program();
}

void
act_ask_rest(void)
{
	bound_stop();
	if (act.life->leave_sig)
		program_signal_left(&act.program, act.life->leave_sig);
	rest_stop(SIGTERM, on_gone);
	arm(act.life->kill_ms, KEEP_PROGRAM);
}

/* The rest has been told before, but now there is less time. */
void
act_hurry(void)
{
	int64_t left = act.timer.at - loop_now();

	arm_keeping(left > 0 ? left : 0, act.keep);
}

void
act_kill_rest(void)
{
	log_warn("time is up: killing what is left");
	if (act.program.child.pid > 0) {
		act.status = 128 + SIGKILL;
		program_signal(&act.program, SIGKILL);
	}
	rest_stop(SIGKILL, on_gone);
	arm(STUCK_MS, KEEP_KILL);
}

/* The kernel ends them when PID 1 has ended, if anything does. */
void
act_give_up(void)
{
	log_warn("some processes survive KILL: leaving them");
	rest_forget();
	act_decide();
}

void
act_decide(void)
{
	(void)supervise_step(!act.stopping && restart_again(act.life->restart,
	    act.status) ? AGAIN : ENOUGH);
}

void
act_wait_a_while(void)
{
	int ms = backoff_next(&act.pause, act.up_ms);

	log_warn("%s ended with status %d: again in %d ms",
	    act.life->argv[0], act.status, ms);
	webhook_tell("crashed");
	loop_timer(&act.timer, ms);
}

void
act_drain(void)
{
	if (output_end(on_drained))
		arm(DRAIN_MS, KEEP_DRAIN);
	else
		(void)supervise_step(DRAINED);
}

void
act_cut_off(void)
{
	log_warn("time is up: what the program wrote last is lost");
	output_kill();
	(void)supervise_step(DRAINED);
}

void
act_stop_companions(void)
{
	companions_stop();
	if (companions_left())
		arm(act.life->kill_ms, KEEP_LAST);
	else
		(void)supervise_step(ALONE);
}

void
act_kill_companions(void)
{
	log_warn("time is up: killing the companions");
	companions_kill();
	arm(STUCK_MS, KEEP_END);
}

void
act_tell(void)
{
	if (webhook_last("crashed", on_told))
		arm(TELL_MS, KEEP_TELL);
	else
		(void)supervise_step(TOLD);
}

void
act_give_up_telling(void)
{
	log_warn("time is up: the web hook was not told of the end");
	webhook_kill();
	(void)supervise_step(TOLD);
}

void
act_finish(void)
{
	rest_sweep();
	loop_untimer(&act.timer);
	if (act.life->tell)
		act.life->tell(TALE_EXIT, act.status, 0, act.life->argv[0]);
	loop_stop(act.status);
}

/* Whoever is not PID 1 asks for the orphans. */
static void
take_place(void)
{
	const struct life *l = act.life;

	if (getpid() != 1 && !l->no_reaper &&
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		log_err("become the reaper of orphans");
	if (l->pdeathsig && prctl(PR_SET_PDEATHSIG, l->pdeathsig, 0, 0, 0) < 0)
		log_err("ask for %s at the end of our parent",
		    sig_name(l->pdeathsig));
}

int
act_init(const struct life *l)
{
	act.life = l;
	if (intake_open(&act.program, on_stop) < 0)
		return -1;
	take_place();
	rest_init(!l->leave || getpid() == 1);
	act.program.runs = on_runs;
	act.program.ended = on_ended;
	intake_skip(program_init(&act.program, l));
	intake_start();
	act.timer.fn = on_timeout;
	return 0;
}
