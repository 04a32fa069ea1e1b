/* util.h - macros that need no code. */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include <stddef.h>

#define countof(a) (sizeof(a) / sizeof((a)[0]))

/* The object of the given type that has p as its member. */
#define container_of(p, type, member) \
	((type *)(void *)((char *)(p) - offsetof(type, member)))

#define PRINTF(f, a) __attribute__((format(printf, f, a)))

#endif
