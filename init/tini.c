/* tini and docker-init. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/dialect.h"
#include "init/intake.h"
#include "lib/sig.h"
#include "lib/version.h"

/* The engine reads the version from the begin of this line, and shows what
 * stands behind "git." to its users. */
#define VERSION "tini version 0.19.0 - git.cleat - " CLEAT_VERSION

enum { FATAL, WARN, INFO, DEBUG, TRACE };

static struct {
	int verbosity, subreaper, warn_reap;
	unsigned char zero[256];	/* statuses that become 0 */
} tini = { .verbosity = WARN };

static const char usage_text[] =
"\n"
"Execute a program under the supervision of a valid init process (tini).\n"
"This one is cleat; `cleat init --help` tells what else it can do.\n"
"\n"
"  --version     show the version, if it is the only argument\n"
"  -h            show this text\n"
"  -s            become a child subreaper (TINI_SUBREAPER set does the same)\n"
"  -p SIGNAL     get SIGNAL when the parent dies, e.g. -p SIGKILL\n"
"  -v            say more, up to -vvv: more verbose (TINI_VERBOSITY=N)\n"
"  -w            warn of each process that is reaped\n"
"  -g            signal the process group (TINI_KILL_PROCESS_GROUP set)\n"
"  -e EXIT_CODE  exit with 0 instead of EXIT_CODE (0 to 255, repeatable)\n"
"  -l            show the licence\n";

static void
usage(int fd)
{
	dialect_say(fd, "%s\nUsage: %s [OPTIONS] PROGRAM -- [ARGS] | "
	    "--version\n%s", VERSION, program_invocation_short_name,
	    usage_text);
}

/* The first are errors, the last are for those who look inside. */
#define SAY(level, fmt, ...) do { \
	static const char *const names[] = { \
		"FATAL", "WARN ", "INFO ", "DEBUG", "TRACE" \
	}; \
	if ((level) <= tini.verbosity) \
		dialect_say((level) <= WARN ? 2 : 1, "[%s tini (%d)] " fmt \
		    "\n", names[level], (int)getpid(), __VA_ARGS__); \
} while (0)

static void
tell(enum tale what, int n, int pid, const char *name)
{
	switch (what) {
	case TALE_SIGNAL:
		if (n == SIGCHLD)
			SAY(DEBUG, "%s", "Received SIGCHLD");
		break;
	case TALE_FORWARDED:
		SAY(DEBUG, "Passing signal: '%s'", strsignal(n));
		break;
	case TALE_STARTED:
		SAY(INFO, "Spawned child process '%s' with pid '%d'", name,
		    pid);
		break;
	case TALE_REAPED:
		SAY(DEBUG, "Reaped child with pid: '%d'", pid);
		if (tini.warn_reap && !*name)
			SAY(WARN, "Reaped zombie process with pid=%d", pid);
		break;
	case TALE_ENDED:
		SAY(INFO, "Main child ended (with status '%d')", n);
		break;
	case TALE_NOT_RUN:
		SAY(FATAL, "exec %s failed: %s", name, strerror(n));
		break;
	default:
		break;
	}
}

/* tini takes names alone, and in full. */
static int
set_pdeathsig(struct life *l, const char *arg)
{
	int sig = strncmp(arg, "SIG", 3) ? -1 : sig_number(arg);

	if (sig > 0) {
		l->pdeathsig = sig;
		return 0;
	}
	SAY(FATAL, "Not a valid option for -p: %s", arg);
	return -1;
}

static int
set_zero(const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (end != arg && !*end && n >= 0 && n <= 255) {
		tini.zero[n] = 1;
		return 0;
	}
	SAY(FATAL, "Not a valid option for -e: %s", arg);
	return -1;
}

/* DIALECT_LIVE: go on. */
static int
set_option(struct life *l, int c)
{
	switch (c) {
	case 'h':
		usage(1);
		return 0;
	case 'l':
		dialect_say(1, "%s", dialect_license);
		return 0;
	case 's':
		tini.subreaper = 1;
		break;
	case 'p':
		return set_pdeathsig(l, optarg) < 0 ? 1 : DIALECT_LIVE;
	case 'v':
		tini.verbosity++;
		break;
	case 'w':
		tini.warn_reap = 1;
		break;
	case 'g':
		l->group = 1;
		break;
	case 'e':
		return set_zero(optarg) < 0 ? 1 : DIALECT_LIVE;
	default:
		usage(2);
		return 1;
	}
	return DIALECT_LIVE;
}

static void
read_environment(struct life *l)
{
	const char *verbosity = getenv("TINI_VERBOSITY");

	if (getenv("TINI_SUBREAPER"))
		tini.subreaper = 1;
	if (getenv("TINI_KILL_PROCESS_GROUP"))
		l->group = 1;
	if (verbosity)
		tini.verbosity = atoi(verbosity);
}

int
tini_parse(int argc, char **argv, struct life *l)
{
	int c, status;

	memset(&tini, 0, sizeof(tini));
	tini.verbosity = WARN;
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		dialect_say(1, "%s\n", VERSION);
		return 0;
	}
	optind = 0;		/* from the first word again */
	while ((c = getopt(argc, argv, "+hvwgle:p:s")) != -1) {
		status = set_option(l, c);
		if (status != DIALECT_LIVE)
			return status;
	}
	read_environment(l);
	if (optind >= argc) {
		usage(2);
		return 1;
	}
	/* a terminal sends them to its background, and so to us alone */
	l->signals.drop[SIGTTIN] = l->signals.drop[SIGTTOU] = 1;
	l->argv = argv + optind;
	l->kill_ms = 5000;
	l->no_reaper = !tini.subreaper;
	l->leave = 1;
	l->by_shell = 1;
	l->tell = tell;
	return DIALECT_LIVE;
}

int
tini_status(int status)
{
	return tini.zero[status & 255] ? 0 : status;
}

/* Orphans go to somebody else: so says tini, too. */
static void
warn_of_orphans(void)
{
	int reaper = 0;

	if (getpid() == 1 || tini.subreaper ||
	    (prctl(PR_GET_CHILD_SUBREAPER, &reaper) == 0 && reaper))
		return;
	SAY(WARN, "%s", "tini is neither PID 1 nor a child subreaper: zombies "
	    "come to whoever is, so zombie reaping won't work here.\n"
	    "Run it as PID 1, or use -s or the variable TINI_SUBREAPER.");
}

static int
run(int argc, char **argv)
{
	static struct life l;
	int status = tini_parse(argc, argv, &l);

	if (status != DIALECT_LIVE)
		return status;
	warn_of_orphans();
	return tini_status(dialect_live(&l));
}

const struct command cmd_tini = {
	.name = "tini", .early = intake_block, .raw = run,
};

/* Where it is one of two, the other one is linked dynamically. */
const struct command cmd_tini_static = {
	.name = "tini-static", .early = intake_block, .raw = run,
};

const struct command cmd_docker_init = {
	.name = "docker-init", .early = intake_block, .raw = run,
};
