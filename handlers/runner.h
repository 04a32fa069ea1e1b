/* runner.h - the child's half of exec: runs in the forked process only.
 * It allocates nothing and logs nothing; all it says goes through its pipe as
 * a struct runner_report and len bytes of output for each command.  The last
 * command needs no process of its own: it takes the runner's place, which a
 * report says (RUNNER_BECOMES); what follows in the pipe is its output, and
 * the child's end is its end. */
#ifndef HANDLERS_RUNNER_H
#define HANDLERS_RUNNER_H

#include <stddef.h>
#include <stdint.h>

struct exec_cmd;

#define RUNNER_BECOMES (-1)

struct runner_report {
	uint32_t index;		/* of the command */
	int32_t status;		/* exit status, 128+N; or RUNNER_BECOMES */
	uint32_t overran;
	uint32_t len;		/* bytes of output that follow */
};

struct runner {
	const struct exec_cmd *cmd;
	size_t n;
	int netns, hostns;	/* -1: not there */
	int limit_ms;		/* for each command */
	int out;		/* reports go here */
};

/* Run all commands of arg, a struct runner.  Its exit status. */
int runner_run(void *arg);

#endif
