#include "handlers/policy.h"

#include <string.h>

#include "lib/util.h"

static const struct {
	const char *word;
	unsigned bits;
} words[] = {
	{ "host-route", POLICY_HOST_ROUTE },
	{ "all", POLICY_ALL },
};

static unsigned
find(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < countof(words); i++)
		if (strlen(words[i].word) == len &&
		    !memcmp(words[i].word, word, len))
			return words[i].bits;
	return 0;
}

int
policy_parse(unsigned *allowed, const char *list, const char **bad, int *len)
{
	size_t n;
	unsigned bits;

	for (;; list += n + 1) {
		n = strcspn(list, ",");
		bits = find(list, n);
		if (!bits) {
			*bad = list;
			*len = (int)n;
			return -1;
		}
		*allowed |= bits;
		if (!list[n])
			return 0;
	}
}
