#include "lib/xalloc.h"

#include <stdlib.h>
#include <string.h>

#include "lib/log.h"

static void *
check(void *p)
{
	if (!p)
		dief("memory");
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *
xstrdup(const char *s)
{
	return check(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	return check(strndup(s, n));
}
