/* netns.h - which network namespace a container's commands may run in.
 * Never the worker's own, never the engine's host's, and only one of a
 * process whose cgroup names the container. */
#ifndef HANDLERS_NETNS_H
#define HANDLERS_NETNS_H

#include <sys/types.h>

#include "lib/strbuf.h"

struct container;

struct netns {
	const char *proc;	/* where the engine's PIDs are seen; borrowed */
	int self;		/* our own namespace */
	int outer[3];		/* the engine's, its first process's, the one
				 * given; -1: not known.  Never a container's */
	int host;		/* the one of these that is the host's, or -1 */
	struct strbuf no_host;	/* why not */
};

/* engine_path: a namespace file that is the host's (--engine-netns), or NULL;
 * unix_path: the engine's socket, or NULL.  All borrowed; proc for good.
 * 0, or -1 after saying what is wrong. */
int netns_init(struct netns *n, const char *proc, const char *engine_path,
    const char *unix_path);

/* Open c's namespace: a descriptor for setns(2).  -1: why says why not. */
int netns_open(const struct netns *n, const struct container *c,
    struct strbuf *why);

/* The process at the other end of the engine's socket, as numbered in our own
 * PID namespace: unix(7), SO_PEERCRED.  0: it is not there, or not at all. */
pid_t netns_peer(const char *unix_path);

/* The default of --proc: /host/proc if it is a procfs, $SYSIMAGE/proc if that
 * is set, else /proc.  Given. */
char *netns_default_proc(void);

#endif
