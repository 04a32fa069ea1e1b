#include "handlers/starts.h"

#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/xalloc.h"

struct start {
	char *id, *at;
	struct start *chain;
};

/* Where the container's entry is, or would be. */
static struct start **
slot(struct starts *s, const char *id)
{
	struct start **p;

	p = &s->bucket[hash_str(HASH_INIT, id) & (STARTS_BUCKETS - 1)];
	while (*p && strcmp((*p)->id, id))
		p = &(*p)->chain;
	return p;
}

int
starts_add(struct starts *s, const char *id, const char *started_at)
{
	struct start **p = slot(s, id), *st = *p;

	if (st && !strcmp(st->at, started_at))
		return 0;
	if (!st) {
		st = *p = xcalloc(1, sizeof(*st));
		st->id = xstrdup(id);
		s->n++;
	}
	free(st->at);
	st->at = xstrdup(started_at);
	return 1;
}

void
starts_forget(struct starts *s, const char *id)
{
	struct start **p = slot(s, id), *st = *p;

	if (!st)
		return;
	*p = st->chain;
	free(st->id);
	free(st->at);
	free(st);
	s->n--;
}

void
starts_release(struct starts *s)
{
	size_t i;

	for (i = 0; i < STARTS_BUCKETS; i++)
		while (s->bucket[i])
			starts_forget(s, s->bucket[i]->id);
}
