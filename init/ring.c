#include "init/ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
ring_init(struct ring *r, char *buf, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->buf = buf;
	r->size = size;
}

size_t
ring_room(const struct ring *r)
{
	return r->size - r->len;
}

/* The first n bytes lie in two pieces at most: how long is the first? */
static size_t
piece(const struct ring *r, size_t n)
{
	size_t end = r->size - r->head;

	return n < end ? n : end;
}

static void
copy_out(const struct ring *r, char *dst, size_t n)
{
	size_t k = piece(r, n);

	memcpy(dst, r->buf + r->head, k);
	memcpy(dst + k, r->buf, n - k);
}

static void
advance(struct ring *r, size_t n)
{
	r->head = r->len == n ? 0 : (r->head + n) % r->size;
	r->len -= n;
}

/* How long the first line is, its newline included; 0: it has no end yet. */
static size_t
first_line(const struct ring *r)
{
	size_t k = piece(r, r->len);
	const char *nl = memchr(r->buf + r->head, '\n', k);

	if (nl)
		return (size_t)(nl - (r->buf + r->head)) + 1;
	nl = memchr(r->buf, '\n', r->len - k);
	return nl ? k + (size_t)(nl - r->buf) + 1 : 0;
}

/* Drop the oldest line, or all if it has no end. */
static void
drop_line(struct ring *r)
{
	size_t n = first_line(r);

	if (n == 0) {
		n = r->len;
		r->skip = 1;
	}
	if (r->inside)
		r->cut = 1;
	r->inside = 0;
	r->lines++;
	r->bytes += n;
	advance(r, n);
}

static void
append(struct ring *r, const char *data, size_t n)
{
	size_t tail = (r->head + r->len) % r->size, k = r->size - tail;

	if (k > n)
		k = n;
	memcpy(r->buf + tail, data, k);
	memcpy(r->buf, data + k, n - k);
	r->len += n;
}

/* Behind the line that lost its begin. */
static size_t
skip_line(struct ring *r, const char *data, size_t n)
{
	const char *nl = memchr(data, '\n', n);
	size_t k = nl ? (size_t)(nl - data) + 1 : n;

	r->skip = !nl;
	r->bytes += k;
	return k;
}

uint64_t
ring_push(struct ring *r, const char *data, size_t n)
{
	uint64_t before = r->lines;
	size_t k;

	while (n > 0) {
		if (r->skip) {
			k = skip_line(r, data, n);
		} else {
			k = n < r->size / 2 ? n : r->size / 2;
			while (ring_room(r) < k)
				drop_line(r);
			if (r->skip)
				continue;
			append(r, data, k);
		}
		data += k;
		n -= k;
	}
	return r->lines - before;
}

/* What is told of the hole. */
static size_t
put_mark(struct ring *r, char *dst, uint64_t *hole)
{
	int n = snprintf(dst, RING_MARK, "cleat: %" PRIu64 " lines (%" PRIu64
	    " bytes) were dropped here\n", r->lines, r->bytes);

	*hole = r->lines;
	r->lines = r->bytes = 0;
	return (size_t)n;
}

size_t
ring_pull(struct ring *r, char *dst, size_t size, uint64_t *hole)
{
	size_t n = 0, k, nl;

	*hole = 0;
	if (r->cut)
		dst[n++] = '\n';
	r->cut = 0;
	if (!r->inside && r->lines && !r->skip)
		n += put_mark(r, dst + n, hole);
	k = r->len < size - n ? r->len : size - n;
	copy_out(r, dst + n, k);
	for (nl = k; nl > 0 && dst[n + nl - 1] != '\n'; nl--)
		;
	if (nl > 0)
		k = nl;
	advance(r, k);
	if (k > 0)
		r->inside = dst[n + k - 1] != '\n';
	return n + k;
}
