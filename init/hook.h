/* hook.h - tells a web hook of a program's state: one PUT, then the end.
 * A URL may hold secrets in its user info and its query: messages name it
 * without them. */
#ifndef INIT_HOOK_H
#define INIT_HOOK_H

#include "lib/command.h"

struct ifaddrs;
struct strbuf;

extern const struct command cmd_hook;

#define HOOK_URL "CLEAT_HOOK_URL"	/* its URL, if no operand is */

/* Whether url may be a web hook's.  0, or -1: why says what was expected. */
int hook_url(const char *url, const char **why);

/* For tests.  Append what the hook is told of: the state, and each interface
 * of the list once, with its first address of either family. */
void hook_payload(struct strbuf *b, const char *state,
    const struct ifaddrs *list);
/* Append what messages call url, which has passed hook_url(). */
void hook_name(struct strbuf *b, const char *url);

#endif
