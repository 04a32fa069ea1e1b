/* hash.h - FNV-1a, 64 bits, of strings.  For tables and identities, not
 * against people who look for collisions. */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include <stdint.h>

#define HASH_INIT 0xcbf29ce484222325u

/* h with s and its final NUL hashed in, so that "ab","c" is not "a","bc". */
static inline uint64_t
hash_str(uint64_t h, const char *s)
{
	do {
		h ^= (unsigned char)*s;
		h *= 0x100000001b3u;
	} while (*s++);
	return h;
}

#endif
