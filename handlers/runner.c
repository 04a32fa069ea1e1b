#include "handlers/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/exec.h"
#include "lib/caps.h"
#include "lib/child.h"
#include "lib/io.h"
#include "lib/loop.h"
#include "lib/procsys.h"
#include "lib/spawn.h"

/* One command and what came of it. */
struct run {
	struct runner_report head;
	char output[EXEC_OUTPUT_MAX + 1];
};

static void
say(struct run *r, int status, const char *what, int err)
{
	const char *why = err ? strerror(err) : "";

	if (fit(r->output, sizeof(r->output), "%s%s%s", what,
	    err ? ": " : "", why) < 0)
		r->output[0] = '\0';
	r->head.len = (uint32_t)strlen(r->output);
	r->head.status = status;
}

/* Keep what fits of the output, read the rest and forget it.  0: there may be
 * more, 1: end of file. */
static int
read_output(struct run *r, int fd)
{
	char rest[512];
	size_t room = EXEC_OUTPUT_MAX - r->head.len;
	ssize_t n;

	n = room ? read(fd, r->output + r->head.len, room) :
	    read(fd, rest, sizeof(rest));
	if (n < 0)
		return errno != EINTR && errno != EAGAIN;
	if (room)
		r->head.len += (uint32_t)n;
	return n == 0;
}

/* Until the command has closed its end or time is up: then it is told to
 * stop, and killed if it does not. */
static void
follow(struct run *r, int fd, pid_t pid, int limit_ms)
{
	int64_t at = loop_now() + limit_ms, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	for (;;) {
		left = at - loop_now();
		n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n > 0 && read_output(r, fd))
			return;
		if (n != 0)
			continue;
		kill(-pid, r->head.overran ? SIGKILL : SIGTERM);
		if (r->head.overran)
			return;
		r->head.overran = 1;
		at = loop_now() + CHILD_GRACE_MS;
	}
}

static void
run_ip(struct run *r, const struct exec_cmd *c, int limit_ms)
{
	struct spawn s = SPAWN_INIT;
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0) {
		say(r, 126, "pipe", errno);
		return;
	}
	s.argv = c->argv.v;
	s.fd[0] = -1;
	s.fd[1] = s.fd[2] = p[1];
	s.setpgid = 1;
	pid = spawn(&s);
	close(p[1]);
	if (pid < 0) {
		say(r, errno == ENOENT ? 127 : 126, c->argv.v[0], errno);
		close(p[0]);
		return;
	}
	follow(r, p[0], pid, limit_ms);
	close(p[0]);
	r->head.status = child_status(child_wait(pid));
}

static void
run_sysctl(struct run *r, const struct exec_cmd *c)
{
	if (procsys_write(c->argv.v[0], c->argv.v[1]) < 0)
		say(r, 1, c->argv.v[0], errno);
}

static void
report(const struct runner *x, struct run *r)
{
	while (r->head.len > 0 && r->output[r->head.len - 1] == '\n')
		r->head.len--;
	if (io_write(x->out, r, sizeof(r->head) + r->head.len) < 0)
		_exit(1);
}

/* Run the command where we are. */
static void
run_one(const struct runner *x, size_t i)
{
	struct run r = { .head = { .index = (uint32_t)i } };
	const struct exec_cmd *c = &x->cmd[i];

	if (c->kind == NETCMD_SYSCTL)
		run_sysctl(&r, c);
	else
		run_ip(&r, c, x->limit_ms);
	report(x, &r);
}

/* The last command of all: be it. */
static _Noreturn void
become(const struct runner *x, size_t i)
{
	struct run r = { .head = { .index = (uint32_t)i } };
	char *const *argv = x->cmd[i].argv.v;
	int err;

	r.head.status = RUNNER_BECOMES;
	report(x, &r);
	if (dup2(x->out, 1) == 1 && dup2(x->out, 2) == 2)
		execvp(argv[0], argv);
	err = errno;
	say(&r, 0, argv[0], err);
	(void)io_write(x->out, r.output, r.head.len);
	_exit(err == ENOENT ? 127 : 126);
}

static void
refuse(const struct runner *x, size_t i, int err)
{
	struct run r = { .head = { .index = (uint32_t)i } };

	say(&r, 126, "enter the network namespace", err);
	report(x, &r);
}

/* Enter ns and run the commands that belong there; last: the index of the
 * very last one, of either side. */
static void
run_side(const struct runner *x, int host, size_t last)
{
	int ns = host ? x->hostns : x->netns, err = 0;
	size_t i;

	if (setns(ns, CLONE_NEWNET) < 0)
		err = errno;
	for (i = 0; i < x->n; i++) {
		if (exec_is_host(&x->cmd[i]) != host)
			continue;
		if (err)
			refuse(x, i, err);
		else if (i == last && x->cmd[i].kind != NETCMD_SYSCTL)
			become(x, i);
		else
			run_one(x, i);
	}
}

/* Is command i one that can run at all? */
static int
has_namespace(const struct runner *x, size_t i)
{
	return (exec_is_host(&x->cmd[i]) ? x->hostns : x->netns) >= 0;
}

/* The command that runs last: the host's come after the container's. */
static size_t
find_last(const struct runner *x)
{
	size_t i, last = x->n;

	for (i = 0; i < x->n; i++)
		if (has_namespace(x, i) && (last == x->n ||
		    exec_is_host(&x->cmd[i]) >= exec_is_host(&x->cmd[last])))
			last = i;
	return last;
}

/* All that commands get of our environment is where to find them. */
static void
keep_path(void)
{
	extern char **environ;
	static char *path_only[2];
	char **e;

	for (e = environ; *e; e++)
		if (!strncmp(*e, "PATH=", 5))
			path_only[0] = *e;
	environ = path_only;
}

int
runner_run(void *arg)
{
	const struct runner *x = arg;
	size_t last = find_last(x);

	keep_path();
	/* With it the kernel loads a module that is called like a device which
	 * a label names and which is not there: netdevice(7), SIOCGIFINDEX. */
	caps_drop(CAP_SYS_MODULE);
	if (x->netns >= 0)
		run_side(x, 0, last);
	if (x->hostns >= 0)
		run_side(x, 1, last);
	return 0;
}
