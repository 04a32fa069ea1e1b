/* resolve.h - the address of a name, looked up in a child: a name server that
 * does not answer keeps nobody waiting here.  The caller embeds struct resolve
 * in its own object, and has child_reap() called on SIGCHLD. */
#ifndef LIB_RESOLVE_H
#define LIB_RESOLVE_H

#include <sys/socket.h>

#include "lib/child.h"
#include "lib/loop.h"

struct resolve {
	/* The first address; NULL and why there is none. */
	void (*done)(struct resolve *r, const struct sockaddr *sa,
	    socklen_t len, const char *why);

	const char *host, *port;
	int family, fd;
	struct child child;
	struct watch w;
};

/* Look up host (or an address in digits) and port: done() follows, perhaps at
 * once.  family: AF_UNSPEC, AF_INET, AF_INET6.  host and port: borrowed. */
void resolve_start(struct resolve *r, const char *host, const char *port,
    int family);

#endif
