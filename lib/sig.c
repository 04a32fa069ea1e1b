#include "lib/sig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/util.h"

static const int sync_sig[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
};

static const struct {
	const char *name;
	int sig;
} names[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "ILL", SIGILL }, { "TRAP", SIGTRAP }, { "ABRT", SIGABRT },
	{ "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE }, { "ALRM", SIGALRM }, { "TERM", SIGTERM },
	{ "STKFLT", SIGSTKFLT }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT },
	{ "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },
	{ "WINCH", SIGWINCH }, { "IO", SIGIO }, { "PWR", SIGPWR },
	{ "SYS", SIGSYS },
	{ "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO },
};

/* What we had at start-up and give back to children. */
static int opened;
static sigset_t inherited, taken;	/* and those that we take */
static struct sigaction on_child;

static int
is_sync(int sig)
{
	size_t i;

	for (i = 0; i < countof(sync_sig); i++)
		if (sync_sig[i] == sig)
			return 1;
	return 0;
}

int
sig_open(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	size_t i;

	/* sigfillset() leaves out what the libc keeps for itself: 34 of them
	 * is RTMIN for everybody else, and would end us. */
	memset(&taken, 0xff, sizeof(taken));
	for (i = 0; i < countof(sync_sig); i++)
		sigdelset(&taken, sync_sig[i]);
	if (sigprocmask(SIG_SETMASK, &taken, &inherited) < 0)
		return -1;
	/* whoever ignores SIGCHLD is never told how a child ended */
	if (sigaction(SIGCHLD, &dfl, &on_child) < 0)
		return -1;
	opened = 1;
	return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
sig_open_all(int fd)
{
	memset(&taken, 0xff, sizeof(taken));
	if (sigprocmask(SIG_SETMASK, &taken, NULL) < 0)
		return -1;
	return signalfd(fd, &taken, 0) < 0 ? -1 : 0;
}

/* Our own SIGPIPE, that is; of others a sender may say that they are ours
 * (sigqueue(3)). */
static int
is_own(int sig, pid_t sender)
{
	return sig == SIGPIPE && sender == getpid();
}

int
sig_next(int fd)
{
	struct signalfd_siginfo si;
	ssize_t n;

	for (;;) {
		n = read(fd, &si, sizeof(si));
		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(si))
			return n < 0 && errno == EAGAIN ? 0 : -1;
		if (!is_own((int)si.ssi_signo, (pid_t)si.ssi_pid))
			return (int)si.ssi_signo;
	}
}

int
sig_wait(void)
{
	siginfo_t si;
	int sig;

	for (;;) {
		sig = sigwaitinfo(&taken, &si);
		if (sig < 0 && errno == EINTR)
			continue;
		if (sig < 0 || !is_own(sig, si.si_pid))
			return sig;
	}
}

void
sig_default(void)
{
	if (!opened)
		return;
	sigaction(SIGCHLD, &on_child, NULL);
	sigprocmask(SIG_SETMASK, &inherited, NULL);
}

int
sig_can_take(int sig)
{
	return sig >= 1 && sig <= SIG_MAX && sig != SIGKILL &&
	    sig != SIGSTOP && !is_sync(sig);
}

static int
number(const char *s, int lo, int hi)
{
	char *end;
	long n;

	if (*s < '0' || *s > '9')
		return -1;
	n = strtol(s, &end, 10);
	return *end || n < lo || n > hi ? -1 : (int)n;
}

int
sig_number(const char *name)
{
	size_t i;
	int n;

	if (*name >= '0' && *name <= '9')
		return number(name, 1, SIG_MAX);
	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (i = 0; i < countof(names); i++)
		if (!strcasecmp(name, names[i].name))
			return names[i].sig;
	if (!strcasecmp(name, "RTMIN"))
		return SIG_RTMIN;
	if (!strcasecmp(name, "RTMAX"))
		return SIG_MAX;
	n = SIG_MAX - SIG_RTMIN;
	if (!strncasecmp(name, "RTMIN+", 6))
		return (n = number(name + 6, 0, n)) < 0 ? -1 : SIG_RTMIN + n;
	if (!strncasecmp(name, "RTMAX-", 6))
		return (n = number(name + 6, 0, n)) < 0 ? -1 : SIG_MAX - n;
	return -1;
}

const char *
sig_name(int sig)
{
	static char other[16];
	size_t i;

	for (i = 0; i < countof(names); i++)
		if (names[i].sig == sig)
			return names[i].name;
	if (sig >= SIG_RTMIN && sig <= SIG_MAX)
		snprintf(other, sizeof(other), "RTMIN+%d", sig - SIG_RTMIN);
	else
		snprintf(other, sizeof(other), "%d", sig);
	return other;
}
