#include "handlers/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/runner.h"
#include "lib/io.h"
#include "lib/spawn.h"
#include "lib/xalloc.h"

#define LIMITS_OF_ALL 4		/* times the limit of one */

void
exec_init(struct exec *x)
{
	*x = (struct exec){ .netns = -1, .hostns = -1, .fd = -1,
	    .in = STRBUF_INIT };
}

void
exec_release(struct exec *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		strvec_release(&x->cmd[i].argv);
		free(x->cmd[i].label);
		free(x->cmd[i].text);
	}
	free(x->cmd);
	if (x->netns >= 0)
		close(x->netns);
	if (x->hostns >= 0)
		close(x->hostns);
	strbuf_release(&x->in);
	exec_init(x);
}

void
exec_add(struct exec *x, enum netcmd_kind kind, struct strvec *argv,
    const char *label, const char *text)
{
	struct exec_cmd *c;

	if (x->n == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 8;
		x->cmd = xreallocarray(x->cmd, x->cap, sizeof(*x->cmd));
	}
	c = &x->cmd[x->n++];
	*c = (struct exec_cmd){ .kind = kind, .argv = *argv,
	    .label = xstrdup(label), .text = xstrdup(text) };
	*argv = (struct strvec)STRVEC_INIT;
}

int
exec_is_host(const struct exec_cmd *c)
{
	return c->kind == NETCMD_HOST_ROUTE;
}

int
exec_wants(const struct exec *x, int host)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (exec_is_host(&x->cmd[i]) == host)
			return 1;
	return 0;
}

static void
tell(struct exec *x, size_t i, int status, int overran, const char *output)
{
	struct exec_end end = { status, overran, output };

	if (i >= x->n || x->cmd[i].told)
		return;
	x->cmd[i].told = 1;
	x->ended(x, &x->cmd[i], &end);
}

/* All that is whole of what the child has written. */
static void
take_reports(struct exec *x)
{
	struct runner_report r;
	size_t used = 0;
	char *text;

	while (x->last == x->n && x->in.len - used >= sizeof(r)) {
		memcpy(&r, x->in.s + used, sizeof(r));
		if (r.len > EXEC_OUTPUT_MAX ||
		    x->in.len - used - sizeof(r) < r.len)
			break;
		text = xstrndup(x->in.s + used + sizeof(r), r.len);
		used += sizeof(r) + r.len;
		if (r.status == RUNNER_BECOMES && r.index < x->n) {
			x->last = r.index;
			child_limit(&x->child, x->limit_ms);
		} else {
			tell(x, r.index, r.status, r.overran, text);
		}
		free(text);
	}
	strbuf_drop(&x->in, used);
}

/* What is left in the pipe is the output of the command that it became. */
static void
tell_last(struct exec *x)
{
	char *s = x->in.s;
	size_t n = x->in.len;

	while (n > 0 && s[n - 1] == '\n')
		s[--n] = '\0';
	tell(x, x->last, child_status(x->wstatus), x->child.overran, s);
}

/* The child is gone and its pipe is empty. */
static void
finish(struct exec *x)
{
	const char *why = x->child.overran ?
	    "not run: the commands before it took too long" : x->err ?
	    strerror(x->err) :
	    "not run: the process that was to run it has died";
	size_t i;

	if (x->last < x->n)
		tell_last(x);
	for (i = 0; i < x->n; i++)
		tell(x, i, 127, x->child.overran, why);
	x->done(x);
}

static void
on_pipe(struct watch *w, short revents)
{
	struct exec *x = container_of(w, struct exec, pipe);
	char buf[4096];
	ssize_t n = read(x->fd, buf, sizeof(buf));

	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		if (x->last < x->n && x->in.len + (size_t)n > EXEC_OUTPUT_MAX)
			n = EXEC_OUTPUT_MAX - (ssize_t)x->in.len;
		strbuf_add(&x->in, buf, n > 0 ? (size_t)n : 0);
		take_reports(x);
		return;
	}
	loop_unwatch(w);
	close(x->fd);
	x->fd = -1;
	if (x->exited)
		finish(x);
}

static void
on_child(struct child *c, int wstatus)
{
	struct exec *x = container_of(c, struct exec, child);

	x->wstatus = wstatus;
	x->exited = 1;
	if (x->fd < 0)
		finish(x);
}

/* The child keeps each command's limit itself.  This is for all of them, so
 * that a container with hundreds that hang keeps no other waiting for hours. */
static int
limit_of_all(const struct exec *x)
{
	int64_t ms = LIMITS_OF_ALL * (int64_t)x->limit_ms + CHILD_GRACE_MS;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void
on_failed(struct timer *t)
{
	finish(container_of(t, struct exec, failed));
}

/* No child, for want of what err says: done() is still to come later. */
static void
fail(struct exec *x, int err)
{
	x->err = err;
	x->failed.fn = on_failed;
	loop_timer(&x->failed, 0);
}

void
exec_start(struct exec *x)
{
	struct runner r = {
		.cmd = x->cmd, .n = x->n, .netns = x->netns,
		.hostns = x->hostns, .limit_ms = x->limit_ms,
	};
	struct spawn s = SPAWN_INIT;
	int p[2];
	size_t i;

	/* whoever refused a namespace has told why */
	for (i = 0; i < x->n; i++)
		x->cmd[i].told = (exec_is_host(&x->cmd[i]) ? x->hostns :
		    x->netns) < 0;
	x->last = x->n;
	if (pipe2(p, O_CLOEXEC) < 0) {
		fail(x, errno);
		return;
	}
	r.out = p[1];
	s.fd[0] = -1;
	s.setsid = 1;
	s.sealed = 1;		/* curl's sockets would outlive the exec */
	s.setup = runner_run;
	s.arg = &r;
	x->child.exited = on_child;
	if (child_start(&x->child, &s, limit_of_all(x)) < 0) {
		fail(x, errno);
		close(p[0]);
	} else {
		x->pipe.fn = on_pipe;
		x->fd = p[0];
		loop_watch(&x->pipe, x->fd, POLLIN);
	}
	close(p[1]);
}
