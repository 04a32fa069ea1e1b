/* netcmd.h - which words a label may hand to ip, and to sysctl.  Pure.
 * A kind has verbs, keywords and forms of values; every word must be one
 * that stands here, so that no word can reach outside the namespace (netns,
 * xdp, encap ...).  What passes becomes an argv; no shell is involved. */
#ifndef HANDLERS_NETCMD_H
#define HANDLERS_NETCMD_H

#include <stddef.h>

struct strvec;

/* In the order in which a container's labels are applied. */
enum netcmd_kind {
	NETCMD_SYSCTL,
	NETCMD_ADDRESS,
	NETCMD_ROUTE,
	NETCMD_RULE,
	NETCMD_HOST_ROUTE,	/* as ROUTE, in the engine's host namespace */
	NETCMD_KINDS
};

/* "address", "host-route" ...; NULL: no such kind. */
const char *netcmd_name(enum netcmd_kind kind);

/* The kind that has this name, or -1. */
int netcmd_find(const char *name);

/* Check the words (borrowed) of one command of this kind and append to argv
 * what is to be executed: for sysctl the path below /proc/sys and the value,
 * for the others "ip", -4 or -6 if given (-6 too where ip would not see that
 * a rule is about IPv6), the object and the words; an IPv6 address that is
 * given to a device gets "nodad".  0, or -1: err (of size bytes) names the
 * word and says what was expected; argv is as before. */
int netcmd_check(enum netcmd_kind kind, const struct strvec *words,
    struct strvec *argv, char *err, size_t size);

/* The verb of an argv that netcmd_check() gave for ip: "add". */
const char *netcmd_verb(const struct strvec *argv);

#endif
