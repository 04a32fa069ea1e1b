/* xalloc.h - memory, or the end of the program.
 * For commands that may die; PID 1 takes what it needs before the spawn. */
#ifndef LIB_XALLOC_H
#define LIB_XALLOC_H

#include <stddef.h>

void *xcalloc(size_t n, size_t size);			/* zeroed */
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);				/* given */
char *xstrndup(const char *s, size_t n);		/* given */

#endif
