#include "handlers/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/xalloc.h"

/* The items of one key.  It lives while one waits or runs. */
struct lane {
	char *key;
	struct queue_item *head, **end;
	size_t depth;
	struct lane *chain;	/* in its bucket */
	struct lane *next;	/* in the list of those that are ready */
};

static size_t
bucket_of(const char *key)
{
	return hash_str(HASH_INIT, key) & (QUEUE_LANES - 1);
}

void
queue_init(struct queue *q, size_t limit)
{
	*q = (struct queue){ .limit = limit };
	q->ready_end = &q->ready;
}

static void
lane_free(struct lane *l)
{
	free(l->key);
	free(l);
}

void
queue_release(struct queue *q)
{
	struct lane *l;
	size_t i;

	for (i = 0; i < QUEUE_LANES; i++) {
		while ((l = q->bucket[i])) {
			q->bucket[i] = l->chain;
			lane_free(l);
		}
	}
	queue_init(q, q->limit);
}

static struct lane *
lane_find(struct queue *q, const char *key)
{
	struct lane *l = q->bucket[bucket_of(key)];

	while (l && strcmp(l->key, key))
		l = l->chain;
	return l;
}

static struct lane *
lane_new(struct queue *q, const char *key)
{
	struct lane **b = &q->bucket[bucket_of(key)];
	struct lane *l = xcalloc(1, sizeof(*l));

	l->key = xstrdup(key);
	l->end = &l->head;
	l->chain = *b;
	*b = l;
	return l;
}

static void
lane_drop(struct queue *q, struct lane *l)
{
	struct lane **p = &q->bucket[bucket_of(l->key)];

	while (*p != l)
		p = &(*p)->chain;
	*p = l->chain;
	lane_free(l);
}

static void
make_ready(struct queue *q, struct lane *l)
{
	l->next = NULL;
	*q->ready_end = l;
	q->ready_end = &l->next;
}

int
queue_push(struct queue *q, struct queue_item *item)
{
	struct lane *l = lane_find(q, item->key);

	if (l && l->depth >= QUEUE_DEPTH) {
		errno = ENOBUFS;
		return -1;
	}
	if (!l) {
		l = lane_new(q, item->key);
		make_ready(q, l);
	}
	item->next = NULL;
	item->lane = l;
	*l->end = item;
	l->end = &item->next;
	l->depth++;
	return 0;
}

struct queue_item *
queue_next(struct queue *q)
{
	struct lane *l = q->ready;
	struct queue_item *item;

	if (!l || q->running >= q->limit)
		return NULL;
	q->ready = l->next;
	if (!q->ready)
		q->ready_end = &q->ready;
	item = l->head;
	l->head = item->next;
	if (!l->head)
		l->end = &l->head;
	l->depth--;
	q->running++;
	return item;
}

void
queue_done(struct queue *q, struct queue_item *item)
{
	struct lane *l = item->lane;

	q->running--;
	if (l->head)
		make_ready(q, l);
	else
		lane_drop(q, l);
}
