#include "init/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init/check.h"
#include "init/companion.h"
#include "init/helper.h"
#include "init/ours.h"
#include "init/output.h"
#include "init/procfs.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/sig.h"
#include "lib/xalloc.h"

extern char **environ;

static char listen_pid[32] = "LISTEN_PID=";
static int is_listener;
static char cwd[PATH_MAX];

int
program_refused(const struct program *p, int err)
{
	const struct life *l = p->life;
	const char *name = p->spawn.argv[0];

	if (l->tell)
		l->tell(TALE_NOT_RUN, err, 0, name);
	else
		log_error("run %s: %s%s", name, strerror(err),
		    check_reason(name, p->spawn.dir, err));
	if (l->cannot_run)
		return l->cannot_run;
	return err == ENOENT ? 127 : 126;
}

/* The terminal on our standard input, if we are in its foreground: a shell
 * that runs us in the background keeps it.  Else 0. */
static int
find_tty(void)
{
	pid_t group = tcgetpgrp(0);
	int fd;

	if (group < 0 || group != getpgrp())
		return 0;
	fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? 0 : fd;
}

/* LISTEN_PID (sd_listen_fds(3)) named us, the first process. */
static void
name_listener(void)
{
	char digits[12], *to = listen_pid + strlen("LISTEN_PID=");
	pid_t pid = getpid();
	size_t n = 0;

	do
		digits[n++] = (char)('0' + pid % 10);
	while ((pid /= 10) > 0);
	while (n > 0)
		*to++ = digits[--n];
	*to = '\0';
}

/* In the child, where no library call is safe: so numbers are written by hand.
 * Without a terminal it runs all the same. */
static int
set_up(void *arg)
{
	const struct program *p = arg;

	if (is_listener)
		name_listener();
	if (p->terminal)
		(void)ioctl(0, TIOCSCTTY, 0);
	return 0;
}

/* In the child: what execvp(3) of other libcs does with a text. */
static void
run_by_shell(void *arg)
{
	const struct program *p = arg;
	char *const *from = p->spawn.argv;
	char **argv, path[PATH_MAX];
	size_t n = 1;

	if (errno != ENOEXEC)
		return;
	if (check_find(from[0], path) == ENOEXEC) {
		while (from[n])
			n++;
		argv = xcalloc(n + 2, sizeof(*argv));
		argv[0] = (char *)"/bin/sh";
		argv[1] = path;
		memcpy(argv + 2, from + 1, n * sizeof(*argv));
		(void)execv(argv[0], argv);
	}
	errno = ENOEXEC;
}

/* If the descriptors handed over were meant for us, they are its. */
static void
find_listener(void)
{
	size_t len = strlen("LISTEN_PID=");
	char **e;

	for (e = environ; *e; e++) {
		if (strncmp(*e, listen_pid, len) ||
		    strtol(*e + len, NULL, 10) != getpid())
			continue;
		*e = listen_pid;
		is_listener = 1;
		return;
	}
}

static void
on_started(struct child *c, int err)
{
	struct program *p = container_of(c, struct program, child);

	if (err)
		p->refused = program_refused(p, err);
	else
		p->runs();
}

static void
on_exited(struct child *c, int wstatus)
{
	struct program *p = container_of(c, struct program, child);

	if (p->life->tell && !p->refused)
		p->life->tell(TALE_ENDED, child_status(wstatus), 0,
		    p->spawn.argv[0]);
	/* ^C while we wait for the others is for us again */
	if (p->spawn.tty > 0)
		(void)tcsetpgrp(p->spawn.tty, getpgrp());
	p->ended(p->refused ? p->refused : child_status(wstatus));
}

/* A session of its own takes the terminal that was ours.  If we led ours, the
 * kernel tells whoever was in the foreground, us too. */
static int
give_terminal(struct program *p)
{
	p->spawn.setsid = 1;
	p->terminal = isatty(0);
	return ioctl(0, TIOCNOTTY) == 0 && getsid(0) == getpid();
}

int
program_init(struct program *p, const struct life *l)
{
	p->life = l;
	p->spawn = (struct spawn)SPAWN_INIT;
	p->spawn.argv = l->argv;
	p->spawn.setup = set_up;
	if (l->by_shell)
		p->spawn.refused = run_by_shell;
	p->spawn.arg = p;
	p->child.started = on_started;
	p->child.exited = on_exited;
	find_listener();
	if (output_fds(p->spawn.fd)) {
		p->spawn.setsid = 1;
		p->terminal = 1;
	} else if (l->session) {
		return give_terminal(p);
	} else if (!l->no_group) {
		p->spawn.setpgid = 1;
		p->spawn.tty = find_tty();
	}
	return 0;
}

int
program_start(struct program *p)
{
	p->refused = 0;
	if (child_launch(&p->child, &p->spawn, 0) < 0) {
		log_err("start %s", p->spawn.argv[0]);
		return -1;
	}
	p->group = p->life->no_group ? 0 : p->child.pid;
	if (p->life->tell)
		p->life->tell(TALE_STARTED, p->spawn.setsid, p->child.pid,
		    p->spawn.argv[0]);
	return 0;
}

static int
highest(int a, int b)
{
	return a > b ? a : b;
}

void
program_release(struct program *p, int top)
{
	if (p->spawn.dir)
		return;		/* it has been started again */
	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		strcpy(cwd, "/");
	p->spawn.dir = cwd;
	companions_dir(cwd);
	helpers_dir(cwd);
	(void)!chdir("/");	/* what we were in may be unmounted */
	if (p->life->restart != RESTART_NO)
		return;		/* the next one gets the descriptors too */
	top = highest(highest(top, p->child.execfd),
	    highest(p->spawn.tty, ours_top()));
	io_close_inherited(highest(top, highest(output_top(), helpers_top())));
}

void
program_signal_left(const struct program *p, int sig)
{
	if (p->group > 0)
		(void)kill(-p->group, sig);
	if (p->life->tell)
		p->life->tell(TALE_FORWARDED, sig, -p->group, p->spawn.argv[0]);
}

const char *
program_dir(const struct program *p)
{
	return p->spawn.dir;
}

/* One that would not hear of it gets KILL for it. */
static int
made_heard(const struct program *p, int sig)
{
	if (!p->life->thug ||
	    (sig != SIGTERM && sig != SIGINT && sig != SIGQUIT) ||
	    !procfs_is_deaf("/proc", p->child.pid, sig))
		return sig;
	log_warn("%s does not hear %s: KILL", p->spawn.argv[0], sig_name(sig));
	return SIGKILL;
}

void
program_signal(const struct program *p, int sig)
{
	pid_t pid = p->child.pid;

	if (pid <= 0)
		return;
	sig = made_heard(p, sig);
	log_debug("forward %s", sig_name(sig));
	if (p->life->group)
		pid = -pid;
	if (kill(pid, sig) < 0 && errno != ESRCH)
		log_err("forward %s to %s", sig_name(sig), p->spawn.argv[0]);
	if (p->life->tell)
		p->life->tell(TALE_FORWARDED, sig, pid, p->spawn.argv[0]);
}
