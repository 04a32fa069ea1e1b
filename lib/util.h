/* util.h - macros that need no code. */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include <stddef.h>

#define countof(a) (sizeof(a) / sizeof((a)[0]))

/* The object of the given type that has p as its member. */
/* clang-format off */	/* it takes the minus for a sign */
#define container_of(p, type, member) \
	((type *)(void *)((char *)(p) - offsetof(type, member)))
/* clang-format on */

#define PRINTF(f, a) __attribute__((format(printf, f, a)))

#endif
