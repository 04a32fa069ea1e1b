/* program.h - the main program as a process: start it in the foreground of
 * its terminal, signal it, learn how it ended.  It gets all that we got:
 * descriptors, folder, signal mask.  We let go of them after the start. */
#ifndef INIT_PROGRAM_H
#define INIT_PROGRAM_H

#include "lib/child.h"
#include "lib/spawn.h"

struct program {
	void (*runs)(void);		/* it has been executed */
	void (*ended)(int status);	/* as the shell has it, also 126, 127 */
	int group;			/* signal its whole process group */
	int restarts;			/* keep what the next start needs */

	struct child child;
	struct spawn spawn;
	int err;			/* why it could not be executed */
};

/* argv is borrowed for good.  Before the first start. */
void program_init(struct program *p, char *const *argv);

/* 0, or -1 after saying why: there is no process then. */
int program_start(struct program *p);

/* Let go of what we inherited; top: our own highest descriptor but for the
 * program's. */
void program_release(struct program *p, int top);

/* Harmless if it does not run; what cannot be signalled is said. */
void program_signal(const struct program *p, int sig);

#endif
