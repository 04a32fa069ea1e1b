/* policy.h - what the operator allows to cross a container's border.  Pure.
 * --allow is a list of words; nothing is allowed at first. */
#ifndef HANDLERS_POLICY_H
#define HANDLERS_POLICY_H

enum policy {
	POLICY_HOST_ROUTE = 1 << 0,	/* the label host-route */
	POLICY_ALL = POLICY_HOST_ROUTE
};

/* Add the words of a list such as "host-route" to *allowed.  0, or -1: *bad is
 * the word (len bytes, borrowed from list) that is none. */
int policy_parse(unsigned *allowed, const char *list, const char **bad,
    int *len);

#endif
