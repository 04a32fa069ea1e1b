/* ring.h - what a program wrote and nobody took yet: bytes in their order, in
 * an array of the caller's.  Where there is no room any more, the oldest whole
 * lines go; how many is told in the stream, in the place of the hole.  Pure. */
#ifndef INIT_RING_H
#define INIT_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	char *buf;		/* borrowed */
	size_t size, head, len;
	int inside;		/* head is in a line whose begin was taken */
	int cut;		/* such a line was dropped before its end */
	int skip;		/* so will be the rest of the last line */
	uint64_t lines, bytes;	/* dropped since that was last told */
};

#define RING_MARK 128		/* room that ring_pull() needs for the hole */

void ring_init(struct ring *r, char *buf, size_t size);
size_t ring_room(const struct ring *r);

/* Take all n bytes; returns how many lines were dropped for them. */
uint64_t ring_push(struct ring *r, const char *data, size_t n);

/* Move the oldest bytes to dst, size of them at most (more than RING_MARK): up
 * to the end of a line where there is one.  Returns how many; *hole gets the
 * lines of the hole that is told in them, else 0. */
size_t ring_pull(struct ring *r, char *dst, size_t size, uint64_t *hole);

#endif
