#include "init/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/backoff.h"
#include "init/ours.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/spawn.h"
#include "lib/util.h"

static int self = -1;		/* the file that we were started from */
static const char *home;	/* NULL: where we are */

int
helpers_open(void)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const char *name = (const char *)getauxval(AT_EXECFN);

	if (self >= 0)
		return 0;
	self = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	if (self < 0 && name)	/* there may be no /proc */
		self = open(name, O_PATH | O_CLOEXEC);
	return self < 0 ? -1 : 0;
}

int
helpers_top(void)
{
	return self;
}

void
helpers_dir(const char *dir)
{
	home = dir;
}

static void
on_again(struct timer *t)
{
	helper_start(container_of(t, struct helper, again));
}

static void
on_started(struct child *c, int err)
{
	struct helper *h = container_of(c, struct helper, child);

	h->err = err;
	errno = err;
	if (err)
		log_err("run %s %s", h->argv[0], h->argv[1]);
}

static void
on_exited(struct child *c, int wstatus)
{
	struct helper *h = container_of(c, struct helper, child);

	h->ended(h, h->err ? 127 : child_status(wstatus));
}

void
helper_init(struct helper *h, const char *command,
    void (*ended)(struct helper *h, int status))
{
	*h = (struct helper){ .ended = ended, .fd = { -1, -1 } };
	h->child.started = on_started;
	h->child.exited = on_exited;
	h->again.fn = on_again;
	helper_arg(h, "cleat");
	helper_arg(h, command);
	ours_add(&h->child);
}

void
helper_arg(struct helper *h, const char *arg)
{
	if (h->nargs == HELPER_ARGS - 1)
		return;
	h->argv[h->nargs++] = (char *)arg;
	h->argv[h->nargs] = NULL;
}

void
helper_opt(struct helper *h, const char *name, const char *value)
{
	if (!value)
		return;
	helper_arg(h, name);
	helper_arg(h, value);
}

/* In the child: no path may lead to this file any more, a descriptor does. */
static int
exec_self(void *arg)
{
	const struct helper *h = arg;
	extern char **environ;

	return (int)syscall(SYS_execveat, self, "", h->argv, environ,
	    AT_EMPTY_PATH);
}

void
helper_start(struct helper *h)
{
	struct spawn s = SPAWN_INIT;

	if (h->child.pid)
		return;
	loop_untimer(&h->again);
	s.argv = h->argv;
	s.envp = h->envp;
	s.fd[0] = h->fd[0];
	s.fd[1] = h->fd[1];
	s.setsid = 1;
	s.sealed = 1;
	s.dir = home;
	s.setup = exec_self;
	s.arg = h;
	h->since = loop_now();
	h->err = 0;
	if (child_launch(&h->child, &s, h->limit_ms) < 0) {
		log_err("start %s %s", h->argv[0], h->argv[1]);
		h->ended(h, 127);
	}
}

void
helper_later(struct helper *h)
{
	loop_timer(&h->again, backoff_next(&h->pause, loop_now() - h->since));
}

void
helper_kill(struct helper *h, int sig)
{
	loop_untimer(&h->again);
	child_kill(&h->child, sig);
}
