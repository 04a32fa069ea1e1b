/* program.h - the main program as a process: start it in the foreground of
 * its terminal, signal it, learn how it ended.  It gets all that we got:
 * descriptors, folder, signal mask.  We let go of them after the start. */
#ifndef INIT_PROGRAM_H
#define INIT_PROGRAM_H

#include "init/life.h"
#include "lib/child.h"
#include "lib/spawn.h"

struct program {
	void (*runs)(void);		/* it has been executed */
	void (*ended)(int status);	/* as the shell has it, also 126, 127 */
	const struct life *life;	/* borrowed for good */

	struct child child;
	struct spawn spawn;
	pid_t group;			/* that it leads or led; 0: none */
	int terminal;			/* 0 becomes its controlling terminal */
	int refused;			/* its status: it cannot be executed */
};

/* Before the first start.  Returns how many of each HUP and CONT of the next
 * are not meant for anybody: the kernel sends them to us when we give away our
 * terminal. */
int program_init(struct program *p, const struct life *l);

/* 0, or -1 after saying why: there is no process then. */
int program_start(struct program *p);

/* Say that it cannot be executed, and why; returns its exit status. */
int program_refused(const struct program *p, int err);

/* Let go of what we inherited; top: the highest of our own descriptors that
 * only the caller knows. */
void program_release(struct program *p, int top);

/* Harmless if it does not run; what cannot be signalled is said. */
void program_signal(const struct program *p, int sig);

/* Signal what it left in its process group when it ended. */
void program_signal_left(const struct program *p, int sig);

/* Where it was started, if we are somewhere else by now; else NULL. */
const char *program_dir(const struct program *p);

#endif
