/* helper.h - a child that is this program again, run as another of its
 * commands: relay, hook, port.  What could block or break PID 1 is done there.
 * A helper leads a session of its own, is one of ours (init/ours.h), and has no
 * state that would be missed: it can be run again whenever it ends. */
#ifndef INIT_HELPER_H
#define INIT_HELPER_H

#include <stdint.h>

#include "lib/child.h"

/* Words of its command line, NULL included: two for each of ours, and more. */
#define HELPER_ARGS 80

struct helper {
	/* It has ended with status; 127: it could not be run. */
	void (*ended)(struct helper *h, int status);
	char *argv[HELPER_ARGS];
	char **envp;		/* borrowed for good; NULL: our variables */
	int fd[2];		/* its 0 and 1; -1: /dev/null */
	int limit_ms;		/* how long it may take; 0: for good */

	struct child child;
	struct timer again;	/* until it is started again */
	int nargs, pause, err;
	int64_t since;		/* when it was started */
};

/* Find the file that we were started from.  Before the program runs, and only
 * if there will be helpers.  -1 and errno. */
int helpers_open(void);
int helpers_top(void);			/* our descriptor of it, or -1 */
void helpers_dir(const char *dir);	/* start them there; borrowed */

void helper_init(struct helper *h, const char *command,
    void (*ended)(struct helper *h, int status));
void helper_arg(struct helper *h, const char *arg);	/* borrowed for good */
void helper_opt(struct helper *h, const char *name, const char *value);

/* Start it if it does not run.  Whatever goes wrong ends with ended(). */
void helper_start(struct helper *h);
void helper_later(struct helper *h);	/* the same, after a pause that grows */
void helper_kill(struct helper *h, int sig);	/* and no start any more */

#endif
