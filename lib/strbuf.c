#include "lib/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/xalloc.h"

char strbuf_empty[1];

/* Room for n more bytes and the NUL. */
static void
reserve(struct strbuf *b, size_t n)
{
	size_t want = b->len + n + 1, cap = b->cap ? b->cap : 64;

	if (want < n || want > (size_t)1 << 40)
		die(1, "text of %zu bytes", want);
	if (want <= b->cap)
		return;
	while (cap < want)
		cap *= 2;
	b->s = xreallocarray(b->cap ? b->s : NULL, cap, 1);
	b->cap = cap;
}

void
strbuf_add(struct strbuf *b, const void *data, size_t n)
{
	reserve(b, n);
	if (n)
		memcpy(b->s + b->len, data, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void
strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die(1, "bad format %s", fmt);
	reserve(b, n);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += n;
}

void
strbuf_drop(struct strbuf *b, size_t n)
{
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->s, b->s + n, b->len + 1);
}

void
strbuf_clear(struct strbuf *b)
{
	b->len = 0;
	b->s[0] = '\0';
}

void
strbuf_release(struct strbuf *b)
{
	if (b->cap)
		free(b->s);
	*b = (struct strbuf)STRBUF_INIT;
}

int
fit(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, size, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < size)
		return 0;
	dst[0] = '\0';
	errno = ENAMETOOLONG;
	return -1;
}
