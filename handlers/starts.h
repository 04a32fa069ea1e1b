/* starts.h - which start of which container was acted on.  Pure.
 * A start is named by the container's ID and the engine's StartedAt, so an
 * event told twice, or seen by the list as well, is acted on once. */
#ifndef HANDLERS_STARTS_H
#define HANDLERS_STARTS_H

#include <stddef.h>

#define STARTS_BUCKETS 1024	/* a power of two */

struct starts {
	struct start *bucket[STARTS_BUCKETS];
	size_t n;
};

/* Remember this start.  1: it is new; 0: it is known. */
int starts_add(struct starts *s, const char *id, const char *started_at);
void starts_forget(struct starts *s, const char *id);
void starts_release(struct starts *s);

#endif
