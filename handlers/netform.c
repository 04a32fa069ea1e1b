#include "handlers/netform.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE_BYTES 15		/* the kernel's IFNAMSIZ without its NUL */

#define DIGITS "0123456789"
#define XDIGITS DIGITS "abcdefABCDEF"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

int
netform_named(const char *const *names, const char *w)
{
	for (; names && *names; names++)
		if (strcmp(*names, w) == 0)
			return 1;
	return 0;
}

int
netform_fits(const struct netform *f, const char *w)
{
	return netform_named(f->names, w) || (f->fits && f->fits(f, w));
}

static int
only(const char *w, const char *set, size_t min, size_t max)
{
	size_t n = strspn(w, set);

	return w[n] == '\0' && n >= min && n <= max;
}

static int
within(const struct netform *f, const char *w, int base)
{
	unsigned long long v = strtoull(w, NULL, base);

	return v >= f->min && v <= f->max;
}

int
netform_decimal(const struct netform *f, const char *w)
{
	if (!only(w, DIGITS, 1, 10) || (w[0] == '0' && w[1]))
		return 0;
	return within(f, w, 10);
}

int
netform_number(const struct netform *f, const char *w)
{
	if (w[0] == '0' && w[1] == 'x')
		return only(w + 2, XDIGITS, 1, 8) && within(f, w + 2, 16);
	return netform_decimal(f, w);
}

int
netform_hex(const struct netform *f, const char *w)
{
	if (w[0] == '0' && w[1] == 'x')
		w += 2;
	return only(w, XDIGITS, 1, 8) && within(f, w, 16);
}

/* Does w consist of two parts of this form with sep between them? */
static int
pair(const struct netform *f, const char *w, char sep,
    int (*part)(const struct netform *f, const char *w))
{
	const char *s = strchr(w, sep);
	char left[16];

	if (s == NULL || (size_t)(s - w) >= sizeof(left))
		return 0;
	memcpy(left, w, s - w);
	left[s - w] = '\0';
	return part(f, left) && part(f, s + 1);
}

int
netform_mark(const struct netform *f, const char *w)
{
	return netform_number(f, w) || pair(f, w, '/', netform_number);
}

int
netform_range(const struct netform *f, const char *w)
{
	return pair(f, w, '-', netform_decimal) &&
	    strtoull(w, NULL, 10) <= strtoull(strchr(w, '-') + 1, NULL, 10);
}

int
netform_port(const struct netform *f, const char *w)
{
	return netform_decimal(f, w) || netform_range(f, w);
}

int
netform_time(const struct netform *f, const char *w)
{
	size_t n = strspn(w, DIGITS);

	if (n == 0 || n > 9 || (w[0] == '0' && n > 1))
		return 0;
	w += n;
	if (*w == '.') {
		n = strspn(++w, DIGITS);
		if (n == 0 || n > 9)
			return 0;
		w += n;
	}
	(void)f;
	return !*w || strcmp(w, "s") == 0 || strcmp(w, "ms") == 0;
}

int
netform_address(const struct netform *f, const char *w)
{
	unsigned char a[16];

	(void)f;
	return inet_pton(strchr(w, ':') ? AF_INET6 : AF_INET, w, a) == 1;
}

int
netform_prefix(const struct netform *f, const char *w)
{
	struct netform bits = { .max = strchr(w, ':') ? 128 : 32 };
	const char *slash = strchr(w, '/');
	char a[INET6_ADDRSTRLEN];

	if (slash == NULL)
		return netform_address(f, w);
	if ((size_t)(slash - w) >= sizeof(a))
		return 0;
	memcpy(a, w, slash - w);
	a[slash - w] = '\0';
	return netform_address(f, a) && netform_decimal(&bits, slash + 1);
}

static int
named_like_device(const char *w, const char *set)
{
	return only(w, set, 1, DEVICE_BYTES) && !strchr("-.@:", *w) &&
	    strstr(w, "..") == NULL;
}

int
netform_device(const struct netform *f, const char *w)
{
	(void)f;
	return named_like_device(w, LOWER UPPER DIGITS "_.@-");
}

int
netform_label(const struct netform *f, const char *w)
{
	const char *colon = strchr(w, ':');

	(void)f;
	return named_like_device(w, LOWER UPPER DIGITS "_.@-:") &&
	    (colon == NULL || strchr(colon + 1, ':') == NULL);
}
