/* child.h - children on the loop: a time limit, and a call when they end.
 * The only waitpid().  The caller embeds struct child in its own object and
 * keeps it until exited() was called.  Deaths of processes that nobody
 * waits for (orphans that PID 1 inherits) are reaped and nothing else. */
#ifndef LIB_CHILD_H
#define LIB_CHILD_H

#include <sys/types.h>

#include "lib/loop.h"

struct spawn;

struct child {
	/* It has ended; wstatus as waitpid(2) says.  May start it anew. */
	void (*exited)(struct child *c, int wstatus);
	/* After child_launch(): 0, it runs, or the errno of what failed; then
	 * exited() follows.  May be NULL. */
	void (*started)(struct child *c, int err);
	pid_t pid;		/* 0: not running */
	unsigned group:1;	/* leads a process group: signal all of it */
	unsigned overran:1;	/* its time was up */
	struct timer limit;
	struct watch exec;	/* waits for the exec: see child_launch() */
	int execfd;
	struct child *next;
};

/* Start s (borrowed) as c.  limit_ms 0: no limit; else the child gets TERM
 * when it is over and KILL CHILD_GRACE_MS later.  -1: errno says why. */
int child_start(struct child *c, const struct spawn *s, int limit_ms);
#define CHILD_GRACE_MS 2000

/* The same without waiting for its exec, which may take its time (a file
 * system that hangs): started() is called when that is over. */
int child_launch(struct child *c, const struct spawn *s, int limit_ms);

/* Take over a pid that was started elsewhere. */
void child_adopt(struct child *c, pid_t pid, int limit_ms);

/* From now on it has limit_ms left. */
void child_limit(struct child *c, int limit_ms);

/* Signal it, or its group.  A child that is gone is no error. */
void child_kill(struct child *c, int sig);

/* On SIGCHLD: collect every child that has ended.  Returns 1 while there
 * are children left, ours or adopted ones, else 0. */
int child_reap(void);

/* NULL, or called for each that child_reap() collects, before exited(). */
extern void (*child_reaped)(pid_t pid, int wstatus, int orphan);

/* For processes without a loop: wait until pid, a child, has ended.  Its
 * wstatus. */
int child_wait(pid_t pid);

/* 128 + signal, or what it exited with. */
int child_status(int wstatus);

#endif
