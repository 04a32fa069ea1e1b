/* queue.h - what is to be done, in order for each object.  Pure.
 * Items with the same key run one after another, in the order in which they
 * came; items with different keys run side by side, at most limit at once.
 * The caller embeds struct queue_item in its own object and owns it. */
#ifndef HANDLERS_QUEUE_H
#define HANDLERS_QUEUE_H

#include <stddef.h>

struct queue_item {
	struct queue_item *next;
	const char *key;	/* must live as long as the item */
	struct lane *lane;
};

#define QUEUE_LANES 1024	/* buckets; a power of two */
#define QUEUE_DEPTH 1024	/* items of one key that may wait */

struct queue {
	struct lane *bucket[QUEUE_LANES];
	struct lane *ready, **ready_end;	/* waiting, and nobody runs */
	size_t limit, running;
};

void queue_init(struct queue *q, size_t limit);
void queue_release(struct queue *q);	/* items stay with the caller */

/* Put item behind the others of its key.  0, or -1 and ENOBUFS: QUEUE_DEPTH of
 * that key wait already. */
int queue_push(struct queue *q, struct queue_item *item);

/* The next item to run; NULL: none may run now.  Whoever gets it calls
 * queue_done() when it has run, and then asks again. */
struct queue_item *queue_next(struct queue *q);
void queue_done(struct queue *q, struct queue_item *item);

#endif
