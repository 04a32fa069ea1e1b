/* reconcile.h - what runs already, from the engine's list.
 * After each connection the list says which containers run; those with our
 * labels become jobs, which drop what was acted on before.  One list is asked
 * for at a time, and again until it is answered. */
#ifndef HANDLERS_RECONCILE_H
#define HANDLERS_RECONCILE_H

#include "lib/loop.h"

struct engine;
struct jobs;

struct reconcile {
	struct engine *engine;	/* borrowed */
	struct jobs *jobs;	/* borrowed */
	const char *prefix;	/* of labels, with its dot; borrowed */

	/* private */
	int asking;		/* a list is on its way */
	int wanted;		/* another one is wanted behind it */
	int wait_ms;		/* before the next try */
	struct timer later;
};

/* List them, now or when the list that is on its way has come. */
void reconcile_start(struct reconcile *r);

#endif
