/* strbuf.h - text that grows, and text that must fit.
 * A strbuf owns its bytes; s is never NULL and always ends in NUL, so it
 * can be handed to printf at any time.  Out of memory ends the program.
 * fit() formats into the caller's array and refuses to truncate. */
#ifndef LIB_STRBUF_H
#define LIB_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/util.h"	/* PRINTF */

struct strbuf {
	char *s;
	size_t len, cap;	/* cap 0: s points at a shared "" */
};

extern char strbuf_empty[1];
#define STRBUF_INIT { strbuf_empty, 0, 0 }

void strbuf_add(struct strbuf *b, const void *data, size_t n);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
void strbuf_drop(struct strbuf *b, size_t n);	/* the first n bytes */
void strbuf_clear(struct strbuf *b);		/* empty, memory kept */
void strbuf_release(struct strbuf *b);

/* 0, or -1 and ENAMETOOLONG if the text did not fit; dst is then "" */
int fit(char *dst, size_t size, const char *fmt, ...) PRINTF(3, 4);

#endif
