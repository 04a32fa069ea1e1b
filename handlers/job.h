/* job.h - what is done for a start of a container.
 * A job waits in the queue behind the others of its container, inspects it,
 * drops itself if this start was acted on before, and runs the commands of
 * its labels. */
#ifndef HANDLERS_JOB_H
#define HANDLERS_JOB_H

#include "handlers/label.h"
#include "handlers/netns.h"
#include "handlers/queue.h"
#include "handlers/starts.h"
#include "lib/json.h"

struct engine;

struct jobs {
	struct engine *engine;		/* borrowed */
	struct netns *netns;		/* borrowed */
	struct label_rules rules;
	int limit_ms;			/* for each command */
	int dry_run;			/* say what would run, run nothing */

	/* private */
	struct queue queue;
	int executing;			/* jobs whose commands run */
	struct starts starts;
	struct json json;		/* one answer at a time is read */
	void (*idle)(struct jobs *j);	/* set by jobs_stop() */
};

/* limit: how many run at once.  The members above are the caller's. */
void jobs_init(struct jobs *j, size_t limit);

/* Container id has started; name is what it is called, for messages.
 * repeat: it may have been acted on by an earlier life of this worker, so
 * what is there already is no failure.  An inspect that fails is tried again
 * for as long as that may help.  0, or -1: too many of this container wait. */
int jobs_add(struct jobs *j, const char *id, const char *name, int repeat);

/* The container is no more: forget its starts. */
void jobs_forget(struct jobs *j, const char *id);

/* Begin nothing any more; idle() is called when no command runs, at once if
 * that is so already. */
void jobs_stop(struct jobs *j, void (*idle)(struct jobs *j));

#endif
