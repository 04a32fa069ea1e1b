/* life.h - what the life of the main program is to be like: what options and
 * variables say, as supervise.h takes it.  All of it is borrowed for good. */
#ifndef INIT_LIFE_H
#define INIT_LIFE_H

#include "init/restart.h"
#include "init/signals.h"

/* What the life of a program has to tell, for those that say it in words of
 * their own (init/dialect.h). */
enum tale {
	TALE_SIGNAL,		/* we got signal n */
	TALE_SKIPPED,		/* and it was for nobody: see program_init() */
	TALE_DROPPED,		/* and it is passed on to nobody */
	TALE_STARTED,		/* the program is process pid; n: it leads a
				 * session */
	TALE_FORWARDED,		/* signal n was passed on to pid (< 0: group) */
	TALE_REAPED,		/* pid has ended with status n, an orphan too */
	TALE_ENDED,		/* the program has ended with status n */
	TALE_NOT_RUN,		/* it cannot be executed: errno n */
	TALE_EXIT,		/* nothing is left to do: we exit with n */
};

struct life {
	char *const *argv;
	struct signals signals;
	int kill_ms;		/* from TERM to KILL for what is left */
	int stop_ms;		/* from the first stop signal to our exit */
	int group;		/* signal the program's whole process group */
	enum restart restart;
	char *const *pre_stop;	/* run before it gets a stop signal, or NULL */
	int thug;		/* KILL for a TERM, INT or QUIT that it would
				 * not hear */
	int pdeathsig;		/* what we get when our parent ends; 0: none */
	int warn_reap;		/* say each orphan that we reap */
	const char *bind_port;	/* it runs once this port is bound, or NULL */
	int strict_port;	/* bound by a descendant of ours */

	/* The rest is for those that are called as another init. */
	int no_reaper;		/* do not become the reaper of orphans */
	int leave;		/* what is left when the program has ended is
				 * left alone, unless we are PID 1 */
	int leave_sig;		/* but the program's group gets this one */
	int session;		/* the program leads a session of its own, with
				 * the terminal that was ours */
	int no_group;		/* it stays in our process group instead */
	int pauses;		/* TSTP, TTIN and TTOU stop us, too, once they
				 * were passed on */
	int by_shell;		/* a text that names no interpreter is one for
				 * the shell */
	int cannot_run;		/* our status when it cannot be executed; 0: as
				 * the shell has it */
	/* NULL, or told everything; argv0 is the program's. */
	void (*tell)(enum tale what, int n, int pid, const char *argv0);
};

#endif
