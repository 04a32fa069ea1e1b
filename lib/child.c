#include "lib/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "lib/spawn.h"
#include "lib/util.h"

static struct child *children;
void (*child_reaped)(pid_t pid, int wstatus, int orphan);

/* Time is up: TERM, and KILL if that does not help. */
static void
on_limit(struct timer *t)
{
	struct child *c = container_of(t, struct child, limit);

	child_kill(c, c->overran ? SIGKILL : SIGTERM);
	child_kill(c, SIGCONT);	/* a stopped process takes no TERM */
	if (!c->overran)
		loop_timer(t, CHILD_GRACE_MS);
	c->overran = 1;
}

void
child_adopt(struct child *c, pid_t pid, int limit_ms)
{
	c->pid = pid;
	c->overran = 0;
	c->next = children;
	children = c;
	c->limit.fn = on_limit;
	if (limit_ms > 0)
		loop_timer(&c->limit, limit_ms);
}

int
child_start(struct child *c, const struct spawn *s, int limit_ms)
{
	pid_t pid = spawn(s);

	if (pid < 0)
		return -1;
	c->group = s->setsid || s->setpgid;
	child_adopt(c, pid, limit_ms);
	return 0;
}

/* The exec is over, one way or the other. */
static void
exec_over(struct child *c)
{
	int err;

	loop_unwatch(&c->exec);
	err = spawn_error(c->execfd);
	if (c->started)
		c->started(c, err);
}

static void
on_exec(struct watch *w, short revents)
{
	(void)revents;
	exec_over(container_of(w, struct child, exec));
}

int
child_launch(struct child *c, const struct spawn *s, int limit_ms)
{
	pid_t pid = spawn_start(s, &c->execfd);

	if (pid < 0)
		return -1;
	c->group = s->setsid || s->setpgid;
	child_adopt(c, pid, limit_ms);
	c->exec.fn = on_exec;
	loop_watch(&c->exec, c->execfd, POLLIN);
	return 0;
}

void
child_limit(struct child *c, int limit_ms)
{
	if (c->pid > 0 && !c->overran)
		loop_timer(&c->limit, limit_ms);
}

void
child_kill(struct child *c, int sig)
{
	if (c->pid <= 0)
		return;
	/* its group is there only once it got as far as setsid() */
	if (!c->group || (kill(-c->pid, sig) < 0 && errno == ESRCH))
		(void)kill(c->pid, sig);
}

static struct child *
take(pid_t pid)
{
	struct child **p, *c;

	for (p = &children; (c = *p); p = &c->next) {
		if (c->pid != pid)
			continue;
		*p = c->next;
		c->pid = 0;
		loop_untimer(&c->limit);
		return c;
	}
	return NULL;
}

int
child_reap(void)
{
	struct child *c;
	int wstatus;
	pid_t pid;

	/* One SIGCHLD can stand for many deaths. */
	while ((pid = waitpid(-1, &wstatus, WNOHANG)) > 0) {
		c = take(pid);
		if (child_reaped)
			child_reaped(pid, wstatus, !c);
		if (!c)
			continue;	/* an orphan */
		if (c->exec.place)
			exec_over(c);
		c->exited(c, wstatus);
	}
	return !(pid < 0 && errno == ECHILD);
}

int
child_wait(pid_t pid)
{
	int wstatus = 0;

	while (waitpid(pid, &wstatus, 0) < 0 && errno == EINTR)
		;
	return wstatus;
}

int
child_status(int wstatus)
{
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) :
	    WEXITSTATUS(wstatus);
}
