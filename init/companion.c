#include "init/companion.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/backoff.h"
#include "init/ours.h"
#include "lib/child.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/spawn.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/words.h"

#define NOTIFIER "/notifier.sh"

struct companion {
	struct child child;
	struct strvec argv;
	struct timer again;	/* until it is started again */
	int pause;		/* the last one, in ms */
	int64_t since;		/* when it was started */
	int err;		/* why it could not be executed */
};

static struct companion list[COMPANIONS_MAX];
static int n;
static int stopping;
static const char *home;	/* NULL: where we are */
static void (*on_gone)(void);

static struct companion *
add(const char **why)
{
	if (n == COMPANIONS_MAX) {
		*why = "no more than 16 companions";
		return NULL;
	}
	list[n].argv = (struct strvec)STRVEC_INIT;
	ours_add(&list[n].child);
	return &list[n];
}

const char *
companion_variable(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

int
companion_with(const char *text, const char **why)
{
	static char err[128];
	struct companion *c;
	int words, first = n;

	while (*text) {
		c = add(why);
		if (!c)
			return -1;
		words = words_next(&c->argv, &text, companion_variable, NULL,
		    err, sizeof(err));
		if (words < 0) {
			*why = err;
			return -1;
		}
		if (words > 0)
			n++;
	}
	if (n > first)
		return 0;
	*why = "a command";
	return -1;
}

/* Split target at its port, if there is one; -1 if that is none. */
static int
split_port(char *target, char **port)
{
	char *colon = strrchr(target, ':'), *end;
	long k;

	*port = NULL;
	if (*target == '[' && (!colon || colon[-1] != ']'))
		colon = NULL;
	else if (colon && *target != '[' && strchr(target, ':') != colon)
		colon = NULL;	/* an IPv6 address without a port */
	if (!colon)
		return 0;
	*colon++ = '\0';
	errno = 0;
	k = strtol(colon, &end, 10);
	if (*colon < '0' || *colon > '9' || *end || errno || k < 1 ||
	    k > 65535)
		return -1;
	*port = colon;
	return 0;
}

int
companion_notify(const char *target, const char **why)
{
	struct companion *c = add(why);
	char text[300], *host = text, *port;
	size_t len;

	if (!c)
		return -1;
	*why = "HOST, HOST:PORT or [HOST]:PORT";
	if (fit(text, sizeof(text), "%s", target) < 0 ||
	    split_port(text, &port) < 0)
		return -1;
	len = strlen(host);
	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		host++;
	}
	/* it would take a host like -x for an option */
	if (!*host || *host == '-' || strpbrk(host, "[] \t\n/"))
		return -1;
	/* in $PATH, if it is not where the image has it */
	strvec_push(&c->argv, access(NOTIFIER, X_OK) == 0 ? NOTIFIER :
	    &NOTIFIER[1]);
	strvec_push(&c->argv, host);
	if (port)
		strvec_push(&c->argv, port);
	n++;
	return 0;
}

/* Start it again later; at once would be a busy loop. */
static void
pause_it(struct companion *c)
{
	int ms = backoff_next(&c->pause, loop_now() - c->since);

	log_debug("start %s again in %d ms", c->argv.v[0], ms);
	loop_timer(&c->again, ms);
}

static void
on_started(struct child *child, int err)
{
	struct companion *c = container_of(child, struct companion, child);

	c->err = err;
	errno = err;
	if (err)
		log_err("run companion %s", c->argv.v[0]);
}

static void
on_exited(struct child *child, int wstatus)
{
	struct companion *c = container_of(child, struct companion, child);

	if (stopping) {
		if (companions_left() == 0)
			on_gone();
		return;
	}
	if (!c->err)
		log_warn("companion %s ended with status %d", c->argv.v[0],
		    child_status(wstatus));
	pause_it(c);
}

static void
start(struct companion *c)
{
	struct spawn s = SPAWN_INIT;

	s.argv = c->argv.v;
	s.fd[0] = -1;		/* standard input is the program's */
	s.setsid = 1;
	s.sealed = 1;
	s.dir = home;
	c->since = loop_now();
	c->err = 0;
	c->child.started = on_started;
	c->child.exited = on_exited;
	if (child_launch(&c->child, &s, 0) < 0) {
		log_err("start companion %s", c->argv.v[0]);
		pause_it(c);
	}
}

static void
on_again(struct timer *t)
{
	start(container_of(t, struct companion, again));
}

void
companions_start(void (*gone)(void))
{
	struct companion *c;

	on_gone = gone;
	stopping = 0;
	for (c = list; c < list + n; c++) {
		c->again.fn = on_again;
		if (!c->child.pid && !c->again.armed)
			start(c);
	}
}

void
companions_dir(const char *dir)
{
	home = dir;
}

static void
signal_all(int sig)
{
	struct companion *c;

	for (c = list; c < list + n; c++) {
		loop_untimer(&c->again);
		child_kill(&c->child, sig);
	}
}

void
companions_stop(void)
{
	stopping = 1;
	signal_all(SIGTERM);
	signal_all(SIGCONT);	/* a stopped process takes no TERM */
}

void
companions_kill(void)
{
	stopping = 1;
	signal_all(SIGKILL);
}

int
companions_left(void)
{
	const struct companion *c;
	int left = 0;

	for (c = list; c < list + n; c++)
		left += c->child.pid > 0;
	return left;
}
