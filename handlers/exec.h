/* exec.h - a list of commands in network namespaces, one after another.
 * One child is forked for the list.  It enters the container's namespace,
 * runs the commands there, then enters the engine host's for those that
 * belong there, and tells of each command's end over a pipe.  A command that
 * fails keeps none of the others from running. */
#ifndef HANDLERS_EXEC_H
#define HANDLERS_EXEC_H

#include "handlers/netcmd.h"
#include "lib/child.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"

struct exec_cmd {
	enum netcmd_kind kind;
	struct strvec argv;	/* as netcmd_check() gives it */
	char *label;		/* where it comes from: "docker-events.route" */
	char *text;		/* as it was written there */
	int told;		/* its end was reported */
};

#define EXEC_OUTPUT_MAX 2048	/* bytes of a command's output that are kept */

/* How a command ended. */
struct exec_end {
	int status;		/* exit status, 128+N for a signal */
	int overran;		/* its time was up */
	const char *output;	/* what it said, or why it could not run */
};

struct exec {
	struct exec_cmd *cmd;
	size_t n, cap;
	int netns, hostns;	/* taken; -1: commands there cannot run */
	int limit_ms;		/* for each command */
	void (*ended)(struct exec *x, const struct exec_cmd *c,
	    const struct exec_end *end);
	void (*done)(struct exec *x);	/* after the last one; may free x */

	/* private */
	struct child child;
	struct watch pipe;
	struct timer failed;	/* there is no child; err says why */
	int err;
	int fd, exited, wstatus;
	size_t last;		/* the command that the child became; n: none */
	struct strbuf in;
};

void exec_init(struct exec *x);
void exec_release(struct exec *x);

/* Add a command; argv: taken and left empty, the rest copied. */
void exec_add(struct exec *x, enum netcmd_kind kind, struct strvec *argv,
    const char *label, const char *text);

/* Does c run in the engine host's namespace? */
int exec_is_host(const struct exec_cmd *c);

/* Has x commands for the container's namespace (host 0), or the host's? */
int exec_wants(const struct exec *x, int host);

/* Run them.  done() is always called, later.  x must stay where it is. */
void exec_start(struct exec *x);

#endif
