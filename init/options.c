#include "init/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/companion.h"
#include "init/hook.h"
#include "init/prefix.h"
#include "init/uri.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/words.h"

#define MAX_SECS 86400
#define MAX_HOURS (24 * 366)

struct init_options init_options = {
	.life = { .signals = SIGNALS_INIT, .kill_ms = 5000, .stop_ms = 9000 },
};

static struct life *const life = &init_options.life;
static struct output *const output = &init_options.output;
static int log_file;		/* --io names a file */

static int
set_stop_signal(const struct opt *o, const char *arg)
{
	(void)o;
	return signals_stop(&life->signals, arg) == 0 ? 0 :
	    opt_bad("signals such as TERM,INT,RTMIN+3 that can be caught");
}

static int
set_rewrite(const struct opt *o, const char *arg)
{
	(void)o;
	return signals_rewrite(&life->signals, arg) == 0 ? 0 :
	    opt_bad("SIG:SIG such as TERM:QUIT, or SIG:0 to drop it");
}

static int
set_pdeathsig(const struct opt *o, const char *arg)
{
	(void)o;
	life->pdeathsig = sig_number(arg);
	return life->pdeathsig > 0 ? 0 : opt_bad("a signal such as TERM or 15");
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
		init_options.remap[from] = (unsigned char)(to - from);
		if (!*arg)
			return 0;
	}
}

static int
set_restart(const struct opt *o, const char *arg)
{
	(void)o;
	return restart_parse(&life->restart, arg) == 0 ? 0 :
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
set_pre_stop(const struct opt *o, const char *arg)
{
	static struct strvec argv;
	static char err[128];

	(void)o;
	argv = (struct strvec)STRVEC_INIT;
	if (words_next(&argv, &arg, companion_variable, NULL, err,
	    sizeof(err)) < 0)
		return opt_bad(err);
	if (argv.n == 0 || *arg)
		return opt_bad("one command (sh -c '...' runs several)");
	life->pre_stop = argv.v;
	return 0;
}

/* A relay would take it for its own. */
static int
is_own_output(const char *path)
{
	return !strcmp(path, "/dev/stdout") || !strcmp(path, "/dev/stderr") ||
	    !strncmp(path, "/dev/fd/", 8) || !strncmp(path, "/proc/self/", 11);
}

static int
set_io(const struct opt *o, const char *arg)
{
	static struct uri u;
	const char *why;

	(void)o;
	if (uri_parse(&u, arg, &why) < 0)
		return opt_bad(why);
	if (u.kind == URI_FILE && is_own_output(u.path))
		return opt_bad("another file: without --io it goes there "
		    "anyway");
	log_file = u.kind == URI_FILE;
	output->io = arg;
	return 0;
}

static int
set_prefix(const struct opt *o, const char *arg)
{
	struct prefix p;

	(void)o;
	if (prefix_parse(&p, arg) < 0)
		return opt_bad("PREFIX or PREFIX:COLOR, with white, green, "
		    "blue, magenta, yellow, cyan or red");
	output->prefix = arg;
	return 0;
}

static int
set_log_rotate(const struct opt *o, const char *arg)
{
	static char ms[24];
	char *end;
	double h = strtod(arg, &end);

	(void)o;
	if (end == arg || *end || !(h > 0) || !(h <= MAX_HOURS))
		return opt_bad("hours, such as 24 or 0.5");
	(void)fit(ms, sizeof(ms), "%ld", (long)(h * 3600000) + 1);
	output->rotate_ms = ms;
	return 0;
}

static int
set_web_hook(const struct opt *o, const char *arg)
{
	const char *why;

	(void)o;
	if (hook_url(arg, &why) < 0)
		return opt_bad_secret(why);	/* it may hold a password */
	init_options.web_hook = arg;
	return 0;
}

static int
set_port(const struct opt *o, const char *arg)
{
	int port;
	struct opt number = { .dst = &port, .min = 1, .max = 65535 };

	(void)o;
	if (opt_int(&number, arg) < 0)
		return -1;
	life->bind_port = arg;
	return 0;
}

static int
set_verbose(const struct opt *o, const char *arg)
{
	(void)o;
	(void)arg;
	log_level = LOG_DEBUG;
	return 0;
}

const struct opt init_opts[] = {
	{ "kill-timeout", 'k', "SEC",
	  "from TERM to KILL for what PROGRAM left (5)",
	  opt_secs, &init_options.life.kill_ms, 0, MAX_SECS },
	{ "stop-timeout", 0, "SEC",
	  "from the first stop signal to our exit (9)",
	  opt_secs, &init_options.life.stop_ms, 0, MAX_SECS },
	{ "stop-signal", 0, "LIST",
	  "the signals that mean \"stop\" (TERM,INT,QUIT)",
	  set_stop_signal, NULL, 0, 0 },
	{ "group", 'g', NULL,
	  "signal the whole process group of PROGRAM",
	  opt_flag, &init_options.life.group, 0, 0 },
	{ "rewrite", 'r', "SIG:SIG",
	  "pass the first on as the second; SIG:0 drops it",
	  set_rewrite, NULL, 0, 0 },
	{ "thug", 0, NULL,
	  "KILL for a TERM, INT or QUIT that PROGRAM\n"
	  "blocks or ignores",
	  opt_flag, &init_options.life.thug, 0, 0 },
	{ "remap-exit", 'e', "CODE[:CODE]",
	  "exit with the second (0) instead of the first",
	  set_remap, NULL, 0, 0 },
	{ "pdeathsig", 'p', "SIG",
	  "get SIG when our parent ends",
	  set_pdeathsig, NULL, 0, 0 },
	{ "warn-reap", 'w', NULL,
	  "say each orphan that is reaped",
	  opt_flag, &init_options.life.warn_reap, 0, 0 },
	{ "restart", 0, "WHEN",
	  "run it again: no, on-failure or always (no)",
	  set_restart, NULL, 0, 0 },
	{ "pre-stop", 0, "COMMAND",
	  "run COMMAND before PROGRAM is told to stop",
	  set_pre_stop, NULL, 0, 0 },
	{ "with", 0, "COMMAND",
	  "keep COMMAND running beside PROGRAM",
	  set_with, NULL, 0, 0 },
	{ "notify", 0, "HOST[:PORT]",
	  "keep notifier.sh HOST PORT running, too",
	  set_notify, NULL, 0, 0 },
	{ "io", 0, "URI",
	  "where PROGRAM's output goes and its input comes\n"
	  "from: file, tcp, tls, unix, udp and others",
	  set_io, NULL, 0, 0 },
	{ "stdout-prefix", 0, "PREFIX[:COLOR]",
	  "put PREFIX before each line of the output",
	  set_prefix, NULL, 0, 0 },
	{ "log-rotate", 0, "HOURS",
	  "set the file of --io aside every HOURS",
	  set_log_rotate, NULL, 0, 0 },
	{ "web-hook", 0, "URL",
	  "PUT there when PROGRAM is starting, running and\n"
	  "crashed",
	  set_web_hook, NULL, 0, 0 },
	{ "bind-port", 0, "PORT",
	  "it is running once it listens on TCP port PORT",
	  set_port, NULL, 0, 0 },
	{ "strict-port-binding", 0, NULL,
	  "no other process than PROGRAM's may have bound it",
	  opt_flag, &init_options.life.strict_port, 0, 0 },
	{ "tls-ca", 0, "FILE",
	  "trust these certificates (PEM), not the usual ones",
	  opt_str, &init_options.output.ca, 0, 0 },
	{ "tls-insecure", 0, NULL,
	  "trust any certificate",
	  opt_flag, &init_options.output.insecure, 0, 0 },
	{ "verbose", 'v', NULL, "say what happens",
	  set_verbose, NULL, 0, 0 },
	{ 0 }
};

const char init_help[] =
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
"--with and --pre-stop take words as a shell does ('...', \"...\", backslash,\n"
"$NAME) but run none; for --with ';' separates several, and the option may be\n"
"repeated.  Companions start before PROGRAM, are restarted whenever they end,\n"
"and are stopped when PROGRAM and all that it left are gone.  --pre-stop may\n"
"take half of --stop-timeout; stop signals reach PROGRAM when it has ended.\n"
"\n"
"--io file:///PATH appends what PROGRAM writes to PATH; its input stays.  With\n"
"--log-rotate the file is compressed as PATH_YYYYMMDDhhmmss.gz every HOURS (a\n"
"fraction will do) and emptied; the five newest are kept, no line is lost.\n"
"--io tcp://HOST:PORT (tcp4, tcp6, tls, or unix:///PATH, unixpacket:///PATH)\n"
"gives PROGRAM a terminal at the other end of the connection.  PROGRAM gets\n"
"TERM when the peer closes: at once, or, where a peer may have closed only its\n"
"half, once PROGRAM has written nothing for 2 s.  With ?log behind it the wire\n"
"is for output alone: a peer that is slow or dead never blocks PROGRAM, 1 MiB\n"
"is kept until it is back, and what had to be dropped is counted and told.\n"
"--io udp://HOST:PORT (udp4, udp6, or unixgram:///PATH) sends lines as\n"
"datagrams, and what comes back is PROGRAM's input.\n"
"\n"
"--web-hook sends {\"ps\":{\"status\":\"starting\",\"net_interfaces\":[{\"name\":\n"
"\"eth0\",\"ipv4\":\"...\",\"ipv6\":\"...\"}]}}; nobody waits for it, but for 2 s\n"
"when all is over.\n"
"\n"
"With a terminal, PROGRAM is in its foreground: ^C and ^Z go to it.  A lone\n"
"program stopped by ^Z needs a CONT from outside (docker kill -s CONT).\n"
"\n"
"Under the names tini, docker-init, dumb-init, catatonit and dock it takes\n"
"that program's command line and behaves as that does.\n";

/* At least it has to look like a file with certificates. */
static int
check_ca(const char *path)
{
	static char text[65536];

	if (io_slurp(AT_FDCWD, path, text, sizeof(text)) < 0) {
		log_err("--tls-ca: read %s", path);
		return -1;
	}
	if (strstr(text, "-----BEGIN CERTIFICATE-----") ||
	    strstr(text, "-----BEGIN TRUSTED CERTIFICATE-----"))
		return 0;
	log_error("--tls-ca: %s: expected certificates in PEM", path);
	return -1;
}

int
init_options_check(void)
{
	if (output->rotate_ms && !log_file) {
		log_error("--log-rotate: expected --io file:///PATH with it");
		return -1;
	}
	if (life->strict_port && !life->bind_port) {
		log_error("--strict-port-binding: expected --bind-port with "
		    "it");
		return -1;
	}
	return output->ca ? check_ca(output->ca) : 0;
}
