#include "init/intake.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "init/program.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/sig.h"

static struct {
	struct program *program;
	void (*stop)(int sig);
	int stopped;		/* it has been called */
	int holding;
	uint64_t held;		/* a bit for each signal */
	int skip_hup, skip_cont;
	int fd;
	struct watch w;
} in;

/* Pass sig on, now or when the pre-stop command has ended. */
static void
stop_by(int sig)
{
	if (!in.stopped && in.program->life->pre_stop)
		in.holding = 1;
	if (in.holding)
		in.held |= (uint64_t)1 << (sig - 1);
	else
		program_signal(in.program, sig);
	if (in.stopped)
		return;		/* told so already */
	in.stopped = 1;
	in.stop(sig);
}

/* A shell's job control means us as well as the program. */
static void
pause_too(int sig)
{
	if (in.program->life->pauses &&
	    (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
		(void)kill(getpid(), SIGSTOP);
}

static void
tell(enum tale what, int sig)
{
	const struct life *l = in.program->life;

	if (l->tell)
		l->tell(what, sig, 0, l->argv[0]);
}

/* One that the kernel sent us when we gave our terminal away. */
static int
is_for_nobody(int sig)
{
	int *skip = sig == SIGHUP ? &in.skip_hup : &in.skip_cont;

	if ((sig != SIGHUP && sig != SIGCONT) || *skip == 0)
		return 0;
	--*skip;
	tell(TALE_SKIPPED, sig);
	return 1;
}

static void
take(int sig)
{
	const struct life *l = in.program->life;
	int as;

	tell(TALE_SIGNAL, sig);
	if (is_for_nobody(sig))
		return;
	switch (signals_act(&l->signals, sig, &as)) {
	case SIGNALS_REAP:
		(void)child_reap();
		break;
	case SIGNALS_FORWARD:
		program_signal(in.program, as);
		break;
	case SIGNALS_STOP:
		stop_by(as);
		break;
	case SIGNALS_DROP:
		log_debug("drop %s", sig_name(sig));
		tell(TALE_DROPPED, sig);
		break;
	}
	pause_too(sig);
}

static void
on_signals(struct watch *w, short revents)
{
	int sig;

	(void)w;
	(void)revents;
	while ((sig = sig_next(in.fd)) > 0)
		take(sig);
}

/* Nothing else is to be waited for. */
static void
on_alone(struct watch *w)
{
	int sig = sig_wait();

	if (sig < 0)
		w->alone = NULL;	/* forbidden: as ever, then */
	else
		take(sig);
}

static void
on_reaped(pid_t pid, int wstatus, int orphan)
{
	const struct life *l = in.program->life;
	int status = child_status(wstatus);

	if (orphan && l->warn_reap)
		log_warn("reaped the orphan %d, status %d", (int)pid, status);
	if (l->tell)
		l->tell(TALE_REAPED, status, pid, orphan ? "" : l->argv[0]);
}

void
intake_block(void)
{
	if (in.fd > 0)
		return;
	io_open_std();		/* or our descriptor may be one of them */
	in.fd = sig_open();
}

void
intake_block_all(void)
{
	intake_block();
	if (in.fd >= 0)
		(void)sig_open_all(in.fd);
}

int
intake_open(struct program *p, void (*stop)(int sig))
{
	in.program = p;
	in.stop = stop;
	intake_block();
	return in.fd < 0 ? -1 : 0;
}

int
intake_top(void)
{
	return in.fd;
}

void
intake_skip(int n)
{
	in.skip_hup = in.skip_cont = n;
}

void
intake_start(void)
{
	const struct life *l = in.program->life;

	if (l->warn_reap || l->tell)
		child_reaped = on_reaped;
	in.w.fn = on_signals;
	in.w.alone = on_alone;
	loop_watch(&in.w, in.fd, POLLIN);
}

void
intake_release(void)
{
	uint64_t held = in.held;
	int sig;

	in.holding = 0;
	in.held = 0;
	for (sig = 1; sig <= SIG_MAX; sig++)
		if (held >> (sig - 1) & 1)
			program_signal(in.program, sig);
}

void
intake_hang_up(void)
{
	log_debug("the other end of --io is closed");
	stop_by(SIGTERM);
}
