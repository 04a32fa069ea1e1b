#include "init/init.h"

#include <stdlib.h>
#include <string.h>

#include "init/companion.h"
#include "init/supervise.h"
#include "lib/io.h"
#include "lib/log.h"

#define ENV "CLEAT_INIT"
#define MAX_SECS 86400

static struct life life = {
	.signals = SIGNALS_INIT, .kill_ms = 5000, .stop_ms = 9000,
};
static unsigned char remap[256];	/* status to exit with, less itself */

static int
set_stop_signal(const struct opt *o, const char *arg)
{
	(void)o;
	return signals_stop(&life.signals, arg) == 0 ? 0 :
	    opt_bad("signals such as TERM,INT,RTMIN+3 that can be caught");
}

static int
set_rewrite(const struct opt *o, const char *arg)
{
	(void)o;
	return signals_rewrite(&life.signals, arg) == 0 ? 0 :
	    opt_bad("SIG:SIG such as TERM:QUIT, or SIG:0 to drop it");
}

/* Read a status at *at and move behind it; -1 if there is none. */
static int
status(const char **at)
{
	char *end;
	long n = **at >= '0' && **at <= '9' ? strtol(*at, &end, 10) : -1;

	if (n < 0 || n > 255)
		return -1;
	*at = end;
	return (int)n;
}

static int
set_remap(const struct opt *o, const char *arg)
{
	int from, to;

	(void)o;
	for (;; arg++) {
		from = status(&arg);
		to = 0;
		if (*arg == ':') {
			arg++;
			to = status(&arg);
		}
		if (from < 0 || to < 0 || (*arg && *arg != ','))
			return opt_bad("CODE or CODE:CODE, from 0 to 255");
		remap[from] = (unsigned char)(to - from);
		if (!*arg)
			return 0;
	}
}

static int
set_restart(const struct opt *o, const char *arg)
{
	(void)o;
	return restart_parse(&life.restart, arg) == 0 ? 0 :
	    opt_bad("no, on-failure or always");
}

static int
set_with(const struct opt *o, const char *arg)
{
	const char *why;

	(void)o;
	return companion_with(arg, &why) == 0 ? 0 : opt_bad(why);
}

static int
set_notify(const struct opt *o, const char *arg)
{
	const char *why;

	(void)o;
	return companion_notify(arg, &why) == 0 ? 0 : opt_bad(why);
}

static int
set_verbose(const struct opt *o, const char *arg)
{
	(void)o;
	(void)arg;
	log_level = LOG_DEBUG;
	return 0;
}

static const struct opt opts[] = {
	{ "kill-timeout", 'k', "SEC",
	  "from TERM to KILL for what PROGRAM left (5)",
	  opt_secs, &life.kill_ms, 0, MAX_SECS },
	{ "stop-timeout", 0, "SEC",
	  "from the first stop signal to our exit (9)",
	  opt_secs, &life.stop_ms, 0, MAX_SECS },
	{ "stop-signal", 0, "LIST",
	  "the signals that mean \"stop\" (TERM,INT,QUIT)",
	  set_stop_signal, NULL, 0, 0 },
	{ "group", 'g', NULL,
	  "signal the whole process group of PROGRAM",
	  opt_flag, &life.group, 0, 0 },
	{ "rewrite", 'r', "SIG:SIG",
	  "pass the first on as the second; SIG:0 drops it",
	  set_rewrite, NULL, 0, 0 },
	{ "remap-exit", 'e', "CODE[:CODE]",
	  "exit with the second (0) instead of the first",
	  set_remap, NULL, 0, 0 },
	{ "restart", 0, "WHEN",
	  "run it again: no, on-failure or always (no)",
	  set_restart, NULL, 0, 0 },
	{ "with", 0, "COMMAND",
	  "keep COMMAND running beside PROGRAM",
	  set_with, NULL, 0, 0 },
	{ "notify", 0, "HOST[:PORT]",
	  "keep notifier.sh HOST PORT running, too",
	  set_notify, NULL, 0, 0 },
	{ "verbose", 'v', NULL, "say what happens",
	  set_verbose, NULL, 0, 0 },
	{ 0 }
};

static const char help[] =
"Signals are passed on to PROGRAM, all but CHLD and those that tell of a bug\n"
"(SEGV, ABRT, ...).  A stop signal also ends restarting and starts the clock\n"
"of --stop-timeout.  When PROGRAM has ended, every process that is left gets\n"
"TERM and time to end; init leaves as soon as none is left, and exits with\n"
"PROGRAM's status: 128+N after signal N, 127 if there is no such program, 126\n"
"if it cannot be run.\n"
"\n"
"--rewrite, --remap-exit and --stop-signal take lists: TERM:QUIT,HUP:0.\n"
"Signals have names (TERM, SIGTERM, RTMIN+3) or numbers.\n"
"\n"
"--restart waits 0.1 s, twice as long each time up to 30 s, and from 0.1 s\n"
"again once PROGRAM was up for 10 s.  on-failure takes 0, 2, 75, 77, 78, 126,\n"
"127 and any end after a stop signal as final.\n"
"\n"
"--with takes words as a shell does ('...', \"...\", backslash, $NAME) but runs\n"
"none; ';' separates several, and the option may be repeated.  Companions\n"
"start before PROGRAM, are restarted whenever they end, and are stopped when\n"
"PROGRAM and all that it left are gone.\n"
"\n"
"With a terminal, PROGRAM is in its foreground: ^C and ^Z go to it.  A lone\n"
"program stopped by ^Z needs a CONT from outside (docker kill -s CONT).\n";

/* What was meant for us is not meant for the program. */
static void
clean_environment(void)
{
	extern char **environ;
	char **from, **to = environ;

	for (from = environ; *from; from++)
		if (strncmp(*from, ENV "_", strlen(ENV "_")))
			*to++ = *from;
	*to = NULL;
}

static int
run(int argc, char **argv)
{
	int st;

	if (argc == 0) {
		log_error("init: no program to run: see cleat init --help");
		return EXIT_USAGE;
	}
	io_open_std();
	clean_environment();
	life.argv = argv;
	st = supervise(&life);
	return (st + remap[st & 255]) & 255;
}

const struct command cmd_init = {
	.name = "init", .operands = "[--] PROGRAM [ARG...]",
	.summary = "run PROGRAM as the first process of a container",
	.help = help, .env = ENV, .opts = opts, .run = run,
};
