/* supervise.h - the life of the main program, from the first signal that is
 * blocked to our exit status: a table of state x event.  Once the program has
 * been started no failure ends it. */
#ifndef INIT_SUPERVISE_H
#define INIT_SUPERVISE_H

#include "init/signals.h"

enum restart { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };

struct life {
	char *const *argv;
	struct signals signals;
	int kill_ms;		/* from TERM to KILL for what is left */
	int stop_ms;		/* from the first stop signal to our exit */
	int group;		/* signal the program's whole process group */
	enum restart restart;
};

/* Live it (borrowed); returns the program's status. */
int supervise(const struct life *l);

/* Whether a program that ended with status is to be started again. */
int supervise_again(enum restart policy, int status);

#endif
