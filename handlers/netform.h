/* netform.h - the forms that the values in an ip command may have.  Pure.
 * A form is stricter than ip wherever ip would guess: a number has no leading
 * zero (ip reads octal), an IPv4 address has four parts, so that a word
 * means the same to us and to every version of ip. */
#ifndef HANDLERS_NETFORM_H
#define HANDLERS_NETFORM_H

struct netform {
	const char *expected;		/* "an address or prefix" */
	/* Has w this form?  NULL: only the names below. */
	int (*fits)(const struct netform *f, const char *w);
	unsigned long min, max;		/* for the forms with numbers */
	const char *const *names;	/* words that will do too; NULL: none */
};

int netform_fits(const struct netform *f, const char *w);

/* Is w one of names (ended by NULL; NULL: none)? */
int netform_named(const char *const *names, const char *w);

int netform_address(const struct netform *f, const char *w);
int netform_prefix(const struct netform *f, const char *w);	/* ADDR[/N] */
int netform_device(const struct netform *f, const char *w);
int netform_label(const struct netform *f, const char *w);	/* DEVICE[:X] */
int netform_number(const struct netform *f, const char *w);	/* also 0xN */
int netform_decimal(const struct netform *f, const char *w);
int netform_hex(const struct netform *f, const char *w);	/* 10 is 0x10 */
int netform_mark(const struct netform *f, const char *w);	/* N[/MASK] */
int netform_port(const struct netform *f, const char *w);	/* N[-N] */
int netform_range(const struct netform *f, const char *w);	/* N-N */
int netform_time(const struct netform *f, const char *w); /* N[.N][s|ms] */

#endif
