/* catatonit. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/dialect.h"
#include "init/intake.h"
#include "lib/child.h"
#include "lib/io.h"
#include "lib/sig.h"
#include "lib/version.h"

/* As the original has it: the engine looks for tini's word. */
#define VERSION "tini version 0.2.1_catatonit - cleat " CLEAT_VERSION "\n"
#define CANNOT_RUN 1

static int debug;

#define SAY(level, fmt, ...) \
	dialect_say(2, level " (catatonit:%d): " fmt "\n", (int)getpid(), \
	    __VA_ARGS__)
#define DEBUG(fmt, ...) do { \
	if (debug) \
		SAY("DEBUG", fmt, __VA_ARGS__); \
} while (0)

static void
usage(void)
{
	dialect_say(2, "usage: catatonit [-ghLPV] [--] <progname> "
	    "[<arguments>...]\n");
}

static void
help(void)
{
	usage();
	dialect_say(2, "\n"
	    "  -g             signal the whole process group of the program\n"
	    "  -h             show this text\n"
	    "  -L             show the licence\n"
	    "  -P             run no program, reap until INT or TERM\n"
	    "  -V, --version  show the version\n"
	    "\n"
	    "This one is cleat; `cleat init --help` tells what else it can "
	    "do.\n");
}

static void
tell(enum tale what, int n, int pid, const char *name)
{
	switch (what) {
	case TALE_STARTED:
		DEBUG("pid1 (%d) spawned: %s", pid, name);
		break;
	case TALE_FORWARDED:
		DEBUG("passing signal %d to %d", n, pid);
		break;
	case TALE_REAPED:
		DEBUG("child process %d ended with status %d", pid, n);
		break;
	case TALE_NOT_RUN:
		SAY("ERROR", "failed to exec pid1: %s: %s", name, strerror(n));
		break;
	default:
		break;
	}
}

static int pause_mode;

/* DIALECT_LIVE: go on. */
static int
set_option(struct life *l, int c)
{
	switch (c) {
	case 'g':
		l->group = 1;
		break;
	case 'P':
		pause_mode = 1;
		break;
	case 'h':
		help();
		return 0;
	case 'L':
		dialect_say(1, "%s", dialect_license);
		return 0;
	case 'V':
		dialect_say(1, VERSION);
		return 0;
	default:
		usage();
		return 1;
	}
	return DIALECT_LIVE;
}

int
catatonit_parse(int argc, char **argv, struct life *l)
{
	static const struct option longs[] = {
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int c, status;

	debug = getenv("CATATONIT_DEBUG") != NULL;
	pause_mode = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, "+ghLPV", longs, NULL)) != -1) {
		status = set_option(l, c);
		if (status != DIALECT_LIVE)
			return status;
	}
	if (optind >= argc && !pause_mode) {
		SAY("ERROR", "%s", "missing program name");
		usage();
		return 1;
	}
	/* the terminal sends them to whoever is in its background: us */
	l->signals.drop[SIGTSTP] = l->signals.drop[SIGTTIN] =
	    l->signals.drop[SIGTTOU] = 1;
	l->argv = argv + optind;
	l->kill_ms = 5000;
	l->leave = 1;
	l->by_shell = 1;
	l->cannot_run = CANNOT_RUN;
	l->tell = tell;
	return DIALECT_LIVE;
}

/* No program: reap those of others until we are told to end. */
static int
reap_forever(void)
{
	struct pollfd in = { .fd = intake_top(), .events = POLLIN };
	int sig;

	if (getpid() != 1)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	(void)!chdir("/");
	io_close_inherited(in.fd);
	for (;;) {
		while ((sig = sig_next(in.fd)) > 0) {
			if (sig == SIGCHLD)
				(void)child_reap();
			else if (sig == SIGINT || sig == SIGTERM)
				return 0;
		}
		(void)poll(&in, 1, -1);
	}
}

static int
run(int argc, char **argv)
{
	static struct life l;
	int status = catatonit_parse(argc, argv, &l);

	if (status != DIALECT_LIVE)
		return status;
	return pause_mode ? reap_forever() : dialect_live(&l);
}

const struct command cmd_catatonit = {
	.name = "catatonit", .early = intake_block, .raw = run,
};
