/* container.h - one container as inspect tells it.  Pure. */
#ifndef HANDLERS_CONTAINER_H
#define HANDLERS_CONTAINER_H

#include <sys/types.h>

#include "lib/strvec.h"

struct json;

struct container {
	char *id, *name;	/* name without the leading '/' */
	char *started_at;	/* State.StartedAt as written: this start */
	char *network_mode;	/* HostConfig.NetworkMode */
	pid_t pid;		/* in the engine's PID namespace; 0: none */
	int running;
	struct strvec keys, values;	/* the labels with our prefix */
};

/* Fill c from the parsed answer; prefix with its dot.  0, or -1 and EBADMSG:
 * that is no container.  Release it in both cases. */
int container_parse(struct container *c, const struct json *j,
    const char *prefix);
void container_release(struct container *c);

#endif
