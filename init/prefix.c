#include "init/prefix.h"

#include <string.h>

#include "lib/strbuf.h"
#include "lib/util.h"

static const struct {
	const char *name;
	int number;		/* as terminals count */
} colours[] = {
	{ "red", 1 }, { "green", 2 }, { "yellow", 3 }, { "blue", 4 },
	{ "magenta", 5 }, { "cyan", 6 }, { "white", 7 },
};

/* The word behind the last colon, if it is one that means a colour. */
static const char *
colour_word(const char *text)
{
	const char *s = strrchr(text, ':');

	if (!s || !s[1])
		return NULL;
	s++;
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz")] ? NULL : s;
}

static int
colour_number(const char *word)
{
	size_t i;

	for (i = 0; i < countof(colours); i++)
		if (strcmp(word, colours[i].name) == 0)
			return colours[i].number;
	return -1;
}

int
prefix_parse(struct prefix *p, const char *text)
{
	const char *word = colour_word(text);
	size_t n = word ? (size_t)(word - text) - 1 : strlen(text);
	int number = word ? colour_number(word) : 0, rc;

	*p = (struct prefix){ .len = 0 };
	if (n == 0 || n > PREFIX_MAX || number < 0)
		return -1;
	if (word)
		rc = fit(p->text, sizeof(p->text), "\033[3%d;1m%.*s\033[0m",
		    number, (int)n, text);
	else
		rc = fit(p->text, sizeof(p->text), "%s", text);
	if (rc < 0)
		return -1;	/* cannot be: there is room for the longest */
	p->len = strlen(p->text);
	return 0;
}

size_t
prefix_put(struct prefix *p, char *dst, size_t size, const char *src, size_t n,
    size_t *used)
{
	size_t out = 0, k;
	const char *nl;

	for (*used = 0; *used < n; src += k, *used += k, out += k) {
		if (!p->inside) {
			if (size - out <= p->len)
				break;
			memcpy(dst + out, p->text, p->len);
			out += p->len;
		}
		nl = memchr(src, '\n', n - *used);
		k = nl ? (size_t)(nl - src) + 1 : n - *used;
		if (k > size - out)
			k = size - out;
		if (k == 0)
			break;
		memcpy(dst + out, src, k);
		p->inside = src[k - 1] != '\n';
	}
	return out;
}
