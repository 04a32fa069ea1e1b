#include "lib/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/sig.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

/* Runs in the child: system calls only, no malloc, no log. */
static int
child_fds(const int fd[3])
{
	int i, from, safe[3];

	if (fd[0] == 0 && fd[1] == 1 && fd[2] == 2)
		return 0;
	for (i = 0; i < 3; i++) {	/* first out of each other's way ... */
		from = fd[i];
		if (from < 0)
			from = open("/dev/null", O_RDWR | O_CLOEXEC);
		safe[i] = fcntl(from, F_DUPFD_CLOEXEC, 3);
		if (safe[i] < 0)
			return -1;
	}
	for (i = 0; i < 3; i++)		/* ... then into place */
		if (dup3(safe[i], i, 0) < 0)
			return -1;
	return 0;
}

/* Let every descriptor above 2 end with the exec. */
static void
child_seal(void)
{
	int fd;

	if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (fd = 3; fd < 1024; fd++)	/* before Linux 5.11 */
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* In the child: everything but the program.  -1 and errno if it fails. */
static int
child_prepare(const struct spawn *s)
{
	extern char **environ;

	if (s->setsid && setsid() < 0)
		return -1;
	if (s->setpgid && setpgid(0, 0) < 0)
		return -1;
	if (s->dir && chdir(s->dir) < 0)
		return -1;
	if (child_fds(s->fd) < 0)
		return -1;
	/* Signals are still blocked: TTOU would stop us here.  No terminal
	 * after all (it hung up, say) is no reason to run nothing. */
	if (s->tty > 0)
		(void)tcsetpgrp(s->tty, getpid());
	if (s->sealed)
		child_seal();
	if (s->envp)
		environ = (char **)s->envp;
	sig_default();
	return 0;
}

/* Only returns if something failed, with errno. */
static void
child_run(const struct spawn *s, int errfd)
{
	if (child_prepare(s) < 0)
		return;
	if (!s->argv) {
		close(errfd);	/* as exec would: it runs */
		_exit(s->setup(s->arg));
	}
	if (s->setup && s->setup(s->arg) < 0)
		return;
	execvp(s->argv[0], s->argv);
	if (s->refused)
		s->refused(s->arg);
}

pid_t
spawn_start(const struct spawn *s, int *errfd)
{
	int p[2], err;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		child_run(s, p[1]);
		err = errno;
		(void)!write(p[1], &err, sizeof(err));
		_exit(127);
	}
	err = errno;
	close(p[1]);
	if (pid > 0 && s->setpgid)	/* whoever comes first: us or it */
		(void)setpgid(pid, pid);
	if (pid < 0)
		close(p[0]);
	else
		*errfd = p[0];
	errno = err;
	return pid;
}

int
spawn_error(int errfd)
{
	int err = 0;
	ssize_t n;

	do	/* end of file: exec closed the pipe, all is well */
		n = read(errfd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(errfd);
	return err;
}

/* A function of ours runs in the child: it needs its own memory. */
static pid_t
spawn_function(const struct spawn *s)
{
	int errfd, err;
	pid_t pid = spawn_start(s, &errfd);

	if (pid < 0 || (err = spawn_error(errfd)) == 0)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = err;
	return -1;
}

/* The child borrows our memory until it executes (vfork(2)): no pages to
 * copy, and its error needs no pipe. */
pid_t
spawn(const struct spawn *s)
{
	extern char **environ;
	char **ours = environ;
	volatile int err = 0;
	pid_t pid;

	if (!s->argv)
		return spawn_function(s);
	pid = vfork();
	if (pid == 0) {
		child_run(s, -1);
		err = errno;
		_exit(127);
	}
	environ = ours;
	if (pid < 0 || err == 0)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = err;
	return -1;
}
