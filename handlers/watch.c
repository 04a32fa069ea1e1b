#include "handlers/watch.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "handlers/engine.h"
#include "handlers/event.h"
#include "handlers/job.h"
#include "handlers/netns.h"
#include "handlers/policy.h"
#include "handlers/preflight.h"
#include "handlers/reconcile.h"
#include "handlers/stream.h"
#include "lib/child.h"
#include "lib/http.h"
#include "lib/log.h"
#include "lib/sig.h"
#include "lib/util.h"
#include "lib/xalloc.h"

#define DEFAULT_HOST "unix:///var/run/docker.sock"
#define LOG_WAIT_MS 100	/* once; not for each line of a log that is stuck */
#define OWN_FDS 16	/* of the worker itself, and some to spare */
#define JOB_FDS 8	/* a connection, namespaces, pipes of one job */
#define STOP_MS 5000	/* from a stop signal to our end, whatever runs */

enum catch_up { CATCH_UP_NONE, CATCH_UP_LABELS };

static struct {
	const char *host, *prefix, *proc, *engine_netns;
	unsigned allowed;
	struct strvec names;
	int jobs, limit_ms, dry_run, verbose;
	enum catch_up catch_up;
} o = {
	.prefix = "docker-events", .names = STRVEC_INIT, .jobs = 16,
	.limit_ms = 60000, .catch_up = CATCH_UP_LABELS,
};

static int
set_allow(const struct opt *opt, const char *arg)
{
	const char *bad;
	int len;

	(void)opt;
	return policy_parse(&o.allowed, arg, &bad, &len) < 0 ?
	    opt_bad("host-route or all, separated by commas") : 0;
}

static int
set_prefix(const struct opt *opt, const char *arg)
{
	(void)opt;
	if (!*arg || arg[strlen(arg) - 1] == '.')
		return opt_bad("a name without a dot at its end");
	o.prefix = arg;
	return 0;
}

/* "A,B" and each --label-env add to the list. */
static int
set_names(const struct opt *opt, const char *arg)
{
	size_t n;

	(void)opt;
	for (;; arg += n + 1) {
		n = strcspn(arg, ",");
		if (n == 0 || strspn(arg, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") < n)
			return opt_bad("names of variables, separated by "
			    "commas");
		strvec_push_taken(&o.names, xstrndup(arg, n));
		if (!arg[n])
			return 0;
	}
}

static int
set_catch_up(const struct opt *opt, const char *arg)
{
	(void)opt;
	if (!strcmp(arg, "none"))
		o.catch_up = CATCH_UP_NONE;
	else if (!strcmp(arg, "labels"))
		o.catch_up = CATCH_UP_LABELS;
	else
		return opt_bad("none or labels");
	return 0;
}

static int
set_format(const struct opt *opt, const char *arg)
{
	(void)opt;
	if (!strcmp(arg, "logfmt"))
		log_format = LOG_LOGFMT;
	else if (!strcmp(arg, "json"))
		log_format = LOG_JSON;
	else
		return opt_bad("logfmt or json");
	return 0;
}

static int
set_level(const struct opt *opt, const char *arg)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	size_t i;

	(void)opt;
	for (i = 0; i < countof(names); i++) {
		if (!strcmp(arg, names[i])) {
			log_level = (enum log_level)i;
			return 0;
		}
	}
	return opt_bad("error, warn, info or debug");
}

static const struct opt opts[] = {
	{ "host", 'H', "ENDPOINT", "the engine: unix:///PATH or "
	  "tcp://HOST:PORT\n($DOCKER_HOST, else " DEFAULT_HOST ")",
	  opt_str, &o.host, 0, 0 },
	{ "host", 'e', "ENDPOINT", NULL, opt_str, &o.host, 0, 0 },
	{ "label-prefix", 0, "PREFIX", "labels PREFIX.KIND are ours "
	  "(docker-events)", set_prefix, NULL, 0, 0 },
	{ "label-env", 0, "NAME,...", "variables that labels may use as "
	  "$NAME (none)", set_names, NULL, 0, 0 },
	{ "allow", 0, "WORD,...", "what labels may do beyond their container:\n"
	  "host-route, all (nothing)", set_allow, NULL, 0, 0 },
	{ "proc", 0, "DIR", "where the host's processes are seen\n"
	  "(/host/proc if it is there, else $SYSIMAGE/proc)", opt_str,
	  &o.proc, 0, 0 },
	{ "engine-netns", 0, "FILE", "the network namespace of the engine's "
	  "host\n(that of the engine's own process)", opt_str,
	  &o.engine_netns, 0, 0 },
	{ "catch-up", 0, "WHAT", "for containers that run already:\n"
	  "labels: apply theirs, none (labels)", set_catch_up, NULL, 0, 0 },
	{ "jobs", 'j', "N", "containers handled at the same time (16)",
	  opt_int, &o.jobs, 1, 1024 },
	{ "timeout", 't', "SEC", "for each command (60), and four times that "
	  "for\nall commands of a start", opt_secs, &o.limit_ms, 1, 86400 },
	{ "dry-run", 'n', NULL, "say what would run, run nothing", opt_flag,
	  &o.dry_run, 0, 0 },
	{ "log-format", 0, "FORMAT", "logfmt or json (logfmt)", set_format,
	  NULL, 0, 0 },
	{ "log-level", 0, "LEVEL", "error, warn, info or debug (info)",
	  set_level, NULL, 0, 0 },
	{ "verbose", 'v', NULL, "the same as --log-level debug", opt_flag,
	  &o.verbose, 0, 0 },
	{ 0 }
};

/* ---- the worker ---- */

static struct worker {
	struct engine engine;
	struct netns netns;
	struct stream stream;
	struct jobs jobs;
	struct reconcile reconcile;
	struct strbuf prefix;		/* with its dot */
	char *proc;
	int ready;			/* preflight is over */
	int sigfd;
	struct watch sigw;
	struct timer stop;
} w;

static void
on_event(struct stream *s, struct event *ev)
{
	(void)s;
	if (strcmp(ev->type, "container"))
		goto out;
	if (!strcmp(ev->action, "die") || !strcmp(ev->action, "destroy"))
		jobs_forget(&w.jobs, ev->id);
	if (strcmp(ev->action, "start") || !ev->labelled)
		goto out;
	log_debug("start of %s", ev->name);
	if (jobs_add(&w.jobs, ev->id, ev->name, 0) < 0)
		log_debug("starts of %s that wait stand for this one, too",
		    ev->name);
out:
	event_release(ev);
}

/* Once, when the engine is there: from then on the worker works. */
static int
get_ready(void)
{
	int status = o.dry_run ? 0 : preflight(w.proc, w.engine.unix_path);

	if (!status && netns_init(&w.netns, w.proc, o.engine_netns,
	    w.engine.unix_path) < 0)
		status = STATUS_CONFIG;
	if (!status && (o.allowed & POLICY_HOST_ROUTE) && w.netns.host < 0)
		log_warn("host-route: %s", w.netns.no_host.s);
	w.ready = !status;
	return status;
}

static void
on_up(struct stream *s)
{
	int status;

	(void)s;
	if (!w.ready && (status = get_ready())) {
		loop_stop(status);
		return;
	}
	log_info("watching: labels %s*", w.prefix.s);
	if (o.catch_up != CATCH_UP_NONE)
		reconcile_start(&w.reconcile);
}

static void
on_failed(struct stream *s, int status, const char *why)
{
	(void)s;
	log_fields(LOG_ERROR, why, NULL);
	loop_stop(status);
}

/* ---- the end ---- */

static void
on_idle(struct jobs *j)
{
	(void)j;
	loop_stop(0);
}

static void
on_stop_limit(struct timer *t)
{
	(void)t;
	log_warn("commands still run: leaving without them");
	loop_stop(0);
}

static void
on_signal(struct watch *sw, short revents)
{
	int sig;

	(void)sw, (void)revents;
	while ((sig = sig_next(w.sigfd)) > 0) {
		if (sig == SIGCHLD) {
			(void)child_reap();
		} else if (sig == SIGTERM || sig == SIGINT ||
		    sig == SIGQUIT) {
			log_info("%s: stopping", sig_name(sig));
			if (!w.stop.armed)
				loop_timer(&w.stop, STOP_MS);
			jobs_stop(&w.jobs, on_idle);
		}
	}
}

/* ---- the start ---- */

static const char *
endpoint(void)
{
	const char *env = getenv("DOCKER_HOST");

	return o.host ? o.host : env && *env ? env : DEFAULT_HOST;
}

/* A name that is not set would make each label that uses it fail. */
static void
check_names(void)
{
	size_t i;

	for (i = 0; i < o.names.n; i++)
		if (!getenv(o.names.v[i]))
			log_warn("--label-env %s: no such variable is set",
			    o.names.v[i]);
}

/* How many containers are handled at a time: as many as --jobs says, and as
 * there are descriptors for. */
static int
fit_jobs(void)
{
	struct rlimit r;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return o.jobs;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r);
	most = r.rlim_max > OWN_FDS + JOB_FDS ?
	    (r.rlim_max - OWN_FDS) / JOB_FDS : 1;
	if (most >= (rlim_t)o.jobs)
		return o.jobs;
	log_warn("--jobs %d: only %d at a time, for want of descriptors "
	    "(ulimit -n)", o.jobs, (int)most);
	return (int)most;
}

static int
run(int argc, char **argv)
{
	int status;

	if (argc > 0) {
		log_error("watch takes no arguments: %s", argv[0]);
		return EXIT_USAGE;
	}
	if (o.verbose)
		log_level = LOG_DEBUG;
	if (log_format == LOG_PLAIN)
		log_format = LOG_LOGFMT;
	log_wait_ms = LOG_WAIT_MS;
	if (engine_init(&w.engine, endpoint()) < 0)
		return EXIT_USAGE;
	check_names();
	o.jobs = fit_jobs();
	w.sigfd = sig_open();
	if (w.sigfd < 0)
		dief("signalfd");
	w.sigw.fn = on_signal;
	w.stop.fn = on_stop_limit;
	loop_watch(&w.sigw, w.sigfd, POLLIN);
	w.prefix = (struct strbuf)STRBUF_INIT;
	strbuf_addf(&w.prefix, "%s.", o.prefix);
	w.proc = o.proc ? xstrdup(o.proc) : netns_default_proc();
	http_limit(o.jobs + 2);	/* the stream and the list */

	w.jobs.engine = &w.engine;
	w.jobs.netns = &w.netns;
	w.jobs.rules = (struct label_rules){ w.prefix.s, o.names, o.allowed };
	w.jobs.limit_ms = o.limit_ms;
	w.jobs.dry_run = o.dry_run;
	jobs_init(&w.jobs, (size_t)o.jobs);
	w.reconcile = (struct reconcile){ .engine = &w.engine,
	    .jobs = &w.jobs, .prefix = w.prefix.s };
	w.stream = (struct stream){ .engine = &w.engine, .prefix = w.prefix.s,
	    .event = on_event, .up = on_up, .failed = on_failed };
	stream_start(&w.stream);
	status = loop_run();
	stream_stop(&w.stream);
	engine_release(&w.engine);
	return status < 0 ? 1 : status;
}

static const char help[] =
"A container's labels PREFIX.KIND hold commands, separated by ';', which run in\n"
"its network namespace at every start; its image needs no tool, and it needs\n"
"no privilege:\n"
"  docker-events.sysctl      net.ipv6.conf.all.disable_ipv6=0\n"
"  docker-events.address     add 10.0.1.4/16 dev eth0\n"
"  docker-events.route       delete default; add default via 10.0.0.1\n"
"  docker-events.rule        add from 10.0.1.4 table 100\n"
"  docker-events.host-route  add 10.8.0.0/16 via 10.0.0.2   (on the host)\n"
"\n"
"Exit status: 0 stopped by TERM, INT or QUIT; 2 wrong command line; 69 no\n"
"engine there; 75 its socket is dead in this container; 76 what is there is no\n"
"engine; 77 a permission or capability is missing; 78 it cannot work where it\n"
"was put.\n";

const struct command cmd_watch = {
	.name = "watch", .operands = "",
	.summary = "apply containers' network labels at every start",
	.help = help, .env = "CLEAT_WATCH", .opts = opts, .run = run,
};
