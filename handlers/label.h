/* label.h - the label handler: a container's labels become commands.
 * PREFIX.KIND (or PREFIX.start.KIND) holds commands separated by ';'.  What
 * is wrong with one of them is logged with container, label and command, and
 * the next one goes on. */
#ifndef HANDLERS_LABEL_H
#define HANDLERS_LABEL_H

#include "lib/strvec.h"

struct container;
struct exec;

#define LABEL_MAX 65536		/* bytes of one label: more is refused whole */
#define LABEL_COMMANDS 256	/* commands of one label: as above */

struct label_rules {
	const char *prefix;	/* "docker-events." with its dot */
	struct strvec names;	/* of variables that labels may use */
	unsigned allowed;	/* policy.h */
};

/* Add the commands of c's labels to x, in the order of their kinds.  Returns
 * how many were refused. */
unsigned label_commands(const struct label_rules *rules,
    const struct container *c, struct exec *x);

#endif
