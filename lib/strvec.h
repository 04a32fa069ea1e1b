/* strvec.h - an owned list of strings that can be passed to exec.
 * v is never NULL and v[n] is always NULL. */
#ifndef LIB_STRVEC_H
#define LIB_STRVEC_H

#include <stddef.h>

struct strvec {
	char **v;
	size_t n, cap;		/* cap 0: v points at a shared NULL */
};

extern char *strvec_empty[1];
#define STRVEC_INIT { strvec_empty, 0, 0 }

void strvec_push(struct strvec *a, const char *s);	/* copied */
void strvec_push_taken(struct strvec *a, char *s);	/* s: taken */
void strvec_truncate(struct strvec *a, size_t n);	/* keep the first n */
void strvec_release(struct strvec *a);

#endif
