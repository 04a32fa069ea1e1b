/* procfs.h - the processes of our PID namespace, as /proc shows them.
 * The /proc that is mounted may be another namespace's (docker run
 * -v /proc:/proc): its numbers are not ours then.  It lists processes that
 * we cannot even name, and those of ours under other numbers; NSpid has both.
 * Allocates nothing: a walk works in struct procfs. */
#ifndef INIT_PROCFS_H
#define INIT_PROCFS_H

#include <stddef.h>
#include <sys/types.h>

struct proc {
	pid_t pid, session;	/* as we count: what kill(2) takes */
	pid_t seen, parent;	/* as /proc counts */
	unsigned long long start;	/* in ticks since boot */
	int gone;		/* a zombie: it only waits to be reaped */
};

struct procfs {
	int fd;			/* of /proc */
	int depth;		/* our place in NSpid; 0: numbers are ours */
	pid_t self;		/* our number in it */
	size_t pos, len;
	_Alignas(8) char buf[8192];	/* what getdents(2) gave */
};

/* Open the /proc at path.  -1 and errno: it is none, or does not show us. */
int procfs_open(struct procfs *f, const char *path);
void procfs_close(struct procfs *f);

/* From the first process again; then one after another, but never ourselves:
 * 1, 0 at the end, -1 and errno. */
int procfs_rewind(struct procfs *f);
int procfs_next(struct procfs *f, struct proc *p);

/* p becomes its parent, who may be outside our namespace: pid is 0 then.
 * 0, or -1 if there is none or it cannot be seen. */
int procfs_parent(const struct procfs *f, struct proc *p);

/* A pidfd of p, and of no other process that got its number since; -1. */
int procfs_hold(const struct procfs *f, const struct proc *p);
int procfs_signal(int pidfd, int sig);		/* 0, -1 and errno */

/* Whether pid (as we count) blocks or ignores sig, as far as the /proc at path
 * shows it. */
int procfs_is_deaf(const char *path, pid_t pid, int sig);

/* For tests.  The text of PID/stat; -1 if it is none. */
int procfs_stat(struct proc *p, const char *text);
/* Whether the text of PID/status says that sig is blocked or ignored. */
int procfs_deaf(const char *status, int sig);
/* The number at place depth of a line of PID/status ("NSpid:"); -1. */
pid_t procfs_number(const char *status, const char *line, int depth);

#endif
