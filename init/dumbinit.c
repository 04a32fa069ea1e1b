/* dumb-init. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/dialect.h"
#include "init/intake.h"
#include "lib/sig.h"

#define VERSION "dumb-init v1.2.5\n"
#define LAST_SIGNAL 31		/* that it knows */
#define CANNOT_RUN 2

static int debug;

/* Its own tests compare these texts to the letter. */
static const char help_text[] = VERSION
"Usage: %s [option] command [[arg] ...]\n"
"\n"
"dumb-init is a simple process supervisor that forwards signals to children.\n"
"It is designed to run as PID1 in minimal container environments.\n"
"\n"
"Optional arguments:\n"
"   -c, --single-child   Run in single-child mode.\n"
"                        In this mode, signals are only proxied to the\n"
"                        direct child and not any of its descendants.\n"
"   -r, --rewrite s:r    Rewrite received signal s to new signal r before "
"proxying.\n"
"                        To ignore (not proxy) a signal, rewrite it to 0.\n"
"                        This option can be specified multiple times.\n"
"   -v, --verbose        Print debugging information to stderr.\n"
"   -h, --help           Print this help message and exit.\n"
"   -V, --version        Print the current version and exit.\n"
"\n"
"Full help is available online at https://github.com/Yelp/dumb-init\n";

static const char rewrite_text[] =
"Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n"
"This option can be specified multiple times.\n"
"Use --help for full usage.\n";

#define DEBUG(...) do { \
	if (debug) \
		dialect_say(2, "[dumb-init] " __VA_ARGS__); \
} while (0)

static void
tell(enum tale what, int n, int pid, const char *name)
{
	switch (what) {
	case TALE_SIGNAL:
		DEBUG("Received signal %d.\n", n);
		break;
	case TALE_SKIPPED:
		DEBUG("Ignoring tty hand-off signal %d.\n", n);
		break;
	case TALE_DROPPED:
		DEBUG("Not forwarding signal %d to children (ignored).\n", n);
		break;
	case TALE_STARTED:
		DEBUG("Child spawned with PID %d.\n", pid);
		if (n)
			DEBUG("setsid complete.\n");
		break;
	case TALE_FORWARDED:
		DEBUG("Forwarded signal %d to children.\n", n);
		break;
	case TALE_REAPED:
		if (n > 128)
			DEBUG("A child with PID %d was terminated by signal "
			    "%d.\n", pid, n - 128);
		else
			DEBUG("A child with PID %d exited with exit status "
			    "%d.\n", pid, n);
		break;
	case TALE_NOT_RUN:
		dialect_say(2, "[dumb-init] %s: %s\n", name, strerror(n));
		break;
	case TALE_EXIT:
		DEBUG("Child exited with status %d. Goodbye.\n", n);
		break;
	case TALE_ENDED:
		break;
	}
}

/* A number from lo to 31 at *at, which moves behind it; -1. */
static int
signal_number(const char **at, int lo)
{
	char *end;
	long n = **at >= '0' && **at <= '9' ? strtol(*at, &end, 10) : -1;

	if (n < lo || n > LAST_SIGNAL)
		return -1;
	*at = end;
	return (int)n;
}

static void
rewrite(struct signals *s, int from, int as)
{
	s->as[from] = (unsigned char)as;
	s->drop[from] = as == 0;
}

static int
set_rewrite(struct life *l, const char *arg)
{
	int from = signal_number(&arg, 1), as = -1;

	if (from > 0 && *arg++ == ':')
		as = signal_number(&arg, 0);
	if (as < 0 || *arg) {
		dialect_say(2, "%s", rewrite_text);
		return -1;
	}
	rewrite(&l->signals, from, as);
	return 0;
}

static int
bad_option(const char *self, const char *word)
{
	if (optopt)
		dialect_say(2, "%s: invalid option -- '%c'\n", self, optopt);
	else
		dialect_say(2, "%s: unrecognized option '%s'\n", self, word);
	return 1;
}

/* DIALECT_LIVE: go on. */
static int
set_option(struct life *l, int c, char **argv)
{
	switch (c) {
	case 'h':
		dialect_say(2, help_text, argv[0]);
		return 0;
	case 'V':
		dialect_say(2, VERSION);
		return 0;
	case 'v':
		debug = 1;
		break;
	case 'c':
		l->session = 0;
		break;
	case 'r':
		return set_rewrite(l, optarg) < 0 ? 1 : DIALECT_LIVE;
	case ':':
		if (optopt == 'r') {
			dialect_say(2, "%s", rewrite_text);
			return 1;
		}
		/* fall through */
	default:
		return bad_option(argv[0], argv[optind - 1]);
	}
	return DIALECT_LIVE;
}

static int
is_set(const char *name, const char *value)
{
	const char *is = getenv(name);

	return is && !strcmp(is, value);
}

/* In a session of its own a program would not stop for the terminal. */
static void
rewrite_stops(struct signals *s)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	size_t i;

	for (i = 0; i < countof(stops); i++)
		if (!s->as[stops[i]] && !s->drop[stops[i]])
			rewrite(s, stops[i], SIGSTOP);
}

/* What is left in the session at the end gets what a TERM is passed on as. */
static int
last_signal(const struct signals *s)
{
	int as;

	return signals_act(s, SIGTERM, &as) == SIGNALS_FORWARD ? as : 0;
}

int
dumbinit_parse(int argc, char **argv, struct life *l)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "single-child", no_argument, NULL, 'c' },
		{ "rewrite", required_argument, NULL, 'r' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int c, status;

	debug = is_set("DUMB_INIT_DEBUG", "1");
	l->session = !is_set("DUMB_INIT_SETSID", "0");
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:hvVcr:", longs, NULL)) != -1) {
		status = set_option(l, c, argv);
		if (status != DIALECT_LIVE)
			return status;
	}
	if (optind >= argc) {
		dialect_say(2, "Usage: %s [option] program [args]\n"
		    "Try %s --help for full usage.\n", argv[0], argv[0]);
		return 1;
	}
	if (l->session)
		rewrite_stops(&l->signals);
	l->argv = argv + optind;
	l->kill_ms = 5000;
	l->no_reaper = 1;
	l->group = l->session;
	l->no_group = !l->session;
	l->pauses = 1;
	l->leave = 1;
	l->by_shell = 1;
	l->leave_sig = last_signal(&l->signals);
	l->cannot_run = CANNOT_RUN;
	l->tell = tell;
	return DIALECT_LIVE;
}

static int
run(int argc, char **argv)
{
	static struct life l;
	int status = dumbinit_parse(argc, argv, &l);

	return status == DIALECT_LIVE ? dialect_live(&l) : status;
}

const struct command cmd_dumb_init = {
	.name = "dumb-init", .early = intake_block_all, .raw = run,
};
