/* spawn.h - start one child; the only fork() in the program.
 * Fill a struct spawn, call spawn(), keep the pid.  A child that cannot be
 * set up or executed is reported with its errno, not by a mysterious exit
 * status later.  All members are borrowed for the call only. */
#ifndef LIB_SPAWN_H
#define LIB_SPAWN_H

#include <sys/types.h>

struct spawn {
	char *const *argv;	/* argv[0] is looked up in PATH */
	char *const *envp;	/* NULL: ours */
	const char *dir;	/* NULL: stay */
	int fd[3];		/* becomes the child's 0, 1, 2; -1: /dev/null */
	unsigned setsid:1;	/* a session of its own */
	unsigned setpgid:1;	/* a process group of its own */
	unsigned sealed:1;	/* gets no descriptor but 0, 1 and 2 */
	int tty;		/* > 0: its new group gets this terminal */
	/* Called in the child just before exec, with system calls only:
	 * -1 and errno give up.  With argv NULL nothing is executed: what
	 * setup returns is the exit status. */
	int (*setup)(void *arg);
	/* NULL, or called in the child when it could not be executed: errno
	 * says why, also when it returns. */
	void (*refused)(void *arg);
	void *arg;
};

#define SPAWN_INIT { .fd = { 0, 1, 2 } }

/* Start s and wait until its program runs.  -1: errno says why not. */
pid_t spawn(const struct spawn *s);

/* The same without the wait: *errfd becomes readable when the child has
 * executed (end of file) or failed (spawn_error() gives the errno). */
pid_t spawn_start(const struct spawn *s, int *errfd);

/* What errfd says: 0 executed, else the errno.  Closes errfd. */
int spawn_error(int errfd);

#endif
