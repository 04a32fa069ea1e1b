/* netgram.h - the grammar of ip's words, as tables.  Pure.
 * Every keyword stands here as ip reads it (iproute2 6.1 to 7.2): in full,
 * with the number of values that ip takes behind it.  A word that is not
 * here never reaches ip. */
#ifndef HANDLERS_NETGRAM_H
#define HANDLERS_NETGRAM_H

#include "handlers/netcmd.h"

struct netform;

struct netkey {
	const char *name;
	const struct netform *value;	/* NULL: takes none */
	const char *const *lead;	/* one of them may precede the value */
	const struct netkey *then;	/* behind it these keywords count */
	unsigned bare:1;		/* the value may stand without name */
};

struct netverb {
	const char *name;
	const struct netkey *keys;
	const char *need;	/* this keyword; "": any; NULL: nothing */
	unsigned gives:1;	/* gives a device an address */
	unsigned blind:1;	/* ip takes IPv4 for granted without -6 */
};

struct netobject {
	const char *name;		/* "address" */
	const struct netverb *verbs;
};

/* What a kind hands to ip; .name is NULL for NETCMD_SYSCTL. */
extern const struct netobject netgram[NETCMD_KINDS];

/* Why this word is refused wherever it stands; NULL: it is not. */
const char *netgram_refused(const char *word);

#endif
