#include "lib/strvec.h"

#include <stdlib.h>

#include "lib/xalloc.h"

char *strvec_empty[1];

void
strvec_push_taken(struct strvec *a, char *s)
{
	if (a->n + 1 >= a->cap) {
		a->v = xreallocarray(a->cap ? a->v : NULL,
		    a->cap ? a->cap * 2 : 8, sizeof(*a->v));
		a->cap = a->cap ? a->cap * 2 : 8;
	}
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

void
strvec_push(struct strvec *a, const char *s)
{
	strvec_push_taken(a, xstrdup(s));
}

void
strvec_truncate(struct strvec *a, size_t n)
{
	while (a->n > n) {
		free(a->v[--a->n]);
		a->v[a->n] = NULL;
	}
}

void
strvec_release(struct strvec *a)
{
	strvec_truncate(a, 0);
	if (a->cap)
		free(a->v);
	*a = (struct strvec)STRVEC_INIT;
}
