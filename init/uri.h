/* uri.h - what --io says: where a program's output goes and its input comes
 * from.  Pure. */
#ifndef INIT_URI_H
#define INIT_URI_H

#include <limits.h>

enum uri_kind {
	URI_FILE, URI_TCP, URI_TLS, URI_UDP, URI_UNIX, URI_UNIXGRAM,
	URI_UNIXPACKET,
};

struct uri {
	enum uri_kind kind;
	int family;		/* AF_INET, AF_INET6; AF_UNSPEC: either */
	int log;		/* ?log: one way, never in the program's way */
	char host[256];		/* without the brackets of an IPv6 address */
	char port[6];
	char path[PATH_MAX];	/* of a file or a unix socket */
};

/* Read text into u.  0, or -1: *why says what was expected. */
int uri_parse(struct uri *u, const char *text, const char **why);

/* Whether a terminal is at the program's end of it, since somebody may be at
 * the other: a connection that is not for output alone. */
int uri_is_interactive(const struct uri *u);

#endif
