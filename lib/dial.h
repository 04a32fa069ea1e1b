/* dial.h - a raw connection over TCP, with TLS on it if asked for, by libcurl:
 * names are resolved in its thread, all addresses are tried, certificates and
 * names are verified.  Nothing here blocks. */
#ifndef LIB_DIAL_H
#define LIB_DIAL_H

#include <sys/types.h>

struct dial;		/* opaque: one connection, or the attempt at it */

struct dial_to {
	const char *host, *port;
	int family;		/* AF_UNSPEC, AF_INET, AF_INET6 */
	int tls;
	const char *ca;		/* PEM file to trust; NULL: the usual ones */
	int insecure;		/* trust whoever answers */
	int limit_ms;		/* until the connection is there */
};				/* all borrowed for the call */

/* Then either up(), with the socket to watch, or failed(), after which the
 * connection is gone. */
struct dial *dial(const struct dial_to *to, void (*up)(void *arg, int fd),
    void (*failed)(void *arg, const char *why), void *arg);

/* As read(2) and write(2) on a socket that does not block.  A write that gives
 * EAGAIN is to be repeated with the same bytes.  A read may leave bytes that
 * poll(2) knows nothing of: read until EAGAIN. */
ssize_t dial_read(struct dial *d, void *data, size_t n);
ssize_t dial_write(struct dial *d, const void *data, size_t n);

/* Say that nothing more will be written (not over TLS, where it closes). */
void dial_half_close(struct dial *d);
void dial_close(struct dial *d);	/* harmless if NULL; no callback now */

#endif
