/* port.h - waits until a TCP port is bound in our network namespace, by
 * anybody or (--strict) by a process that descends from init, our parent. */
#ifndef INIT_PORT_H
#define INIT_PORT_H

#include "lib/command.h"

extern const struct command cmd_port;

struct port_line {
	unsigned port, state;	/* PORT_LISTENS, or another */
	unsigned long long inode;	/* of the socket; 0: nobody holds it */
};

#define PORT_LISTENS 0x0a

/* For tests.  A line of /proc/net/tcp or tcp6; -1 if it is none. */
int port_parse(struct port_line *l, const char *text);
/* The socket that a link in /proc/PID/fd leads to; 0 if it is none. */
unsigned long long port_socket(const char *link);

#endif
