/* event.h - one event of the engine, from its JSON.  Pure.
 * Only what every engine and every API version has is used: Type, Action,
 * Actor and timeNano.  An action such as "exec_create: sh -c ls" is split at
 * its first ':'; where Podman has words of its own, Docker's stand for them. */
#ifndef HANDLERS_EVENT_H
#define HANDLERS_EVENT_H

#include <stdint.h>

struct json;

struct event {
	char type[32], action[32];	/* [a-z0-9_-]+ */
	char *id;		/* of the object; "" if it has none */
	char *name;		/* of a container; "" if it has none */
	long long time_ns;	/* since the epoch */
	uint64_t identity;	/* equal for the same event told again */
	int labelled;		/* its object has a label with our prefix */
};

/* Fill ev from the parsed object.  prefix: "docker-events." with its dot.
 * 0, or -1: this is no event (EBADMSG).  A release is needed only after 0. */
int event_parse(struct event *ev, const struct json *j, const char *prefix);
void event_release(struct event *ev);

#endif
