/* utf8.h - well-formed UTF-8 as RFC 3629 defines it.  Pure. */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stddef.h>

/* Bytes of the character at s (ended by NUL), 0 if it is not well-formed:
 * overlong forms, surrogates and what lies above U+10FFFF are not. */
size_t utf8_len(const char *s);

/* Write code point c to dst; returns the bytes, 0 if c is none. */
size_t utf8_put(char dst[4], unsigned long c);

#endif
