/* wire.h - the connection that --io names: made, and made again later each time
 * while it cannot be had.  A relay has one of them. */
#ifndef INIT_WIRE_H
#define INIT_WIRE_H

#include <sys/types.h>

struct uri;

#define WIRE_DATAGRAM 1400	/* that passes any network in one piece */

struct wire {			/* what the caller gives */
	const struct uri *uri;
	const char *name;	/* as the user wrote it, for messages */
	const char *ca;		/* for TLS; NULL: the usual certificates */
	int insecure;
	void (*up)(void);	/* it is there */
	void (*ready)(short revents);	/* for what was asked for, or lost */
};

void wire_start(const struct wire *w);	/* borrowed for good */
int wire_is_up(void);
int wire_is_datagram(const struct uri *u);
void wire_watch(short events);		/* POLLIN, POLLOUT: call ready() */

/* As read(2) and write(2) on a socket that does not block. */
ssize_t wire_read(void *data, size_t n);
ssize_t wire_write(const void *data, size_t n);

void wire_lost(const char *why);	/* it is gone: make it again */
void wire_half_close(void);		/* nothing more will be written */
void wire_close(void);

#endif
