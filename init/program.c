#include "init/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/companion.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/sig.h"

extern char **environ;

static char listen_pid[32] = "LISTEN_PID=";
static char cwd[PATH_MAX];

/* Its exit status if it cannot be executed, as the shell has it. */
static int
exec_status(int err)
{
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

/* In the child: LISTEN_PID (sd_listen_fds(3)) named us, the first process.
 * No library call is safe here, so write the number by hand. */
static int
name_listener(void *arg)
{
	char digits[12], *to = listen_pid + strlen("LISTEN_PID=");
	pid_t pid = getpid();
	size_t n = 0;

	(void)arg;
	do
		digits[n++] = (char)('0' + pid % 10);
	while ((pid /= 10) > 0);
	while (n > 0)
		*to++ = digits[--n];
	*to = '\0';
	return 0;
}

/* If the descriptors handed over were meant for us, they are its. */
static void
find_listener(struct spawn *s)
{
	size_t len = strlen("LISTEN_PID=");
	char **e;

	for (e = environ; *e; e++) {
		if (strncmp(*e, listen_pid, len) ||
		    strtol(*e + len, NULL, 10) != getpid())
			continue;
		*e = listen_pid;
		s->setup = name_listener;
		return;
	}
}

static void
on_started(struct child *c, int err)
{
	struct program *p = container_of(c, struct program, child);

	p->err = err;
	errno = err;
	if (err)
		log_err("run %s", p->spawn.argv[0]);
	else
		p->runs();
}

static void
on_exited(struct child *c, int wstatus)
{
	struct program *p = container_of(c, struct program, child);

	/* ^C while we wait for the others is for us again */
	if (p->spawn.tty > 0)
		(void)tcsetpgrp(p->spawn.tty, getpgrp());
	p->ended(p->err ? exec_status(p->err) : child_status(wstatus));
}

void
program_init(struct program *p, char *const *argv)
{
	p->spawn = (struct spawn)SPAWN_INIT;
	p->spawn.argv = argv;
	p->spawn.setpgid = 1;
	p->spawn.tty = find_tty();
	p->child.started = on_started;
	p->child.exited = on_exited;
	find_listener(&p->spawn);
}

int
program_start(struct program *p)
{
	p->err = 0;
	if (child_launch(&p->child, &p->spawn, 0) == 0)
		return 0;
	log_err("start %s", p->spawn.argv[0]);
	return -1;
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
	(void)!chdir("/");	/* what we were in may be unmounted */
	if (p->restarts)
		return;		/* the next one gets the descriptors too */
	if (p->child.execfd > top)
		top = p->child.execfd;
	io_close_inherited(top > p->spawn.tty ? top : p->spawn.tty);
}

void
program_signal(const struct program *p, int sig)
{
	pid_t pid = p->child.pid;

	if (pid <= 0)
		return;
	log_debug("forward %s", sig_name(sig));
	if (kill(p->group ? -pid : pid, sig) < 0 && errno != ESRCH)
		log_err("forward %s to %s", sig_name(sig), p->spawn.argv[0]);
}
