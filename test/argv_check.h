/* argv_check.h - what must be true of everything that a label becomes.
 * Written apart from the grammar, as plain lists and sets of bytes, so that
 * a mistake there is not repeated here.  For unit tests and fuzzers. */
#ifndef TEST_ARGV_CHECK_H
#define TEST_ARGV_CHECK_H

#include <string.h>

#include "handlers/netcmd.h"
#include "lib/strvec.h"

/* Nowhere at all. */
static const char *const argv_never[] = {
	"netns", "link-netns", "link-netnsid", "nsid", "target-nsid", "xdp",
	"xdpgeneric", "xdpdrv", "xdpoffload", "encap", "bpf", "vf", "alias",
	"master", "vrf", "nhid", NULL
};

/* Only as the name of a device or of an algorithm. */
static const char *const argv_names[] = {
	"link", "exec", "obj", "object", "pinned", "section", "batch",
	"restore", "save", "monitor", "get", "show", "list", "help", NULL
};

static inline int
argv_in(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (strcmp(*list, s) == 0)
			return 1;
	return 0;
}

static inline int
argv_is_value(const char *before)
{
	static const char *const keys[] = { "dev", "oif", "iif", "label",
		"congctl", "lock", "scope", NULL };

	return argv_in(keys, before);
}

/* The only '/' in a word: ADDRESS/LENGTH or NUMBER/MASK. */
static inline int
argv_slash_fine(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash == NULL || (slash > s && slash[1] &&
	    strspn(s, "0123456789abcdefABCDEFx:./") == strlen(s) &&
	    strspn(slash + 1, "0123456789abcdefABCDEFx") == strlen(slash + 1));
}

static inline const char *
argv_wrong_word(const char *before, const char *s)
{
	if (*s == '\0')
		return "empty word";
	for (const char *p = s; *p; p++)
		if (*p <= ' ' || *p > '~' || strchr("$`\\'\";|&<>(){}*?!", *p))
			return "strange byte";
	if (*s == '-' && s[1])
		return "option";
	if (*s == '@' || strstr(s, "..") || !argv_slash_fine(s))
		return "path";
	if (strlen(s) > 64)
		return "long word";
	if (argv_in(argv_never, s) ||
	    (argv_in(argv_names, s) && !argv_is_value(before)))
		return "forbidden word";
	return NULL;
}

static inline const char *
argv_wrong_ip(enum netcmd_kind kind, const struct strvec *a)
{
	static const char *const objects[NETCMD_KINDS] = {
		NULL, "address", "route", "rule", "route"
	};
	static const char *const verbs[] = { "add", "change", "replace",
		"append", "prepend", "del", "delete", "flush", NULL };
	const char *wrong;
	size_t i = 1;

	if (a->n < 3 || strcmp(a->v[0], "ip") != 0)
		return "not ip";
	if (strcmp(a->v[1], "-4") == 0 || strcmp(a->v[1], "-6") == 0)
		i++;
	if (i + 1 >= a->n || strcmp(a->v[i], objects[kind]) != 0)
		return "another object";
	if (!argv_in(verbs, a->v[i + 1]))
		return "another verb";
	for (i += 2; i < a->n; i++) {
		wrong = argv_wrong_word(a->v[i - 1], a->v[i]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static inline const char *
argv_wrong_sysctl(const struct strvec *a)
{
	const char *p = a->n == 2 ? a->v[0] : "";
	size_t n;

	if (strncmp(p, "net/", 4) != 0)
		return "not below net";
	while (*p) {
		n = strcspn(p, "/");
		if (n == 0 || *p == '.' || p[n - 1] == '.')
			return "strange component";
		if (strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_-."
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < n)
			return "strange byte in the path";
		p += n + (p[n] == '/');
	}
	if (a->v[0][strlen(a->v[0]) - 1] == '/')
		return "ends in a slash";
	for (n = 0; a->v[1][n]; n++)
		if (a->v[1][n] < ' ' || a->v[1][n] > '~')
			return "strange byte in the value";
	return n >= 1 && n <= 256 ? NULL : "length of the value";
}

/* NULL, or what is wrong with it. */
static inline const char *
argv_wrong(enum netcmd_kind kind, const struct strvec *a)
{
	return kind == NETCMD_SYSCTL ? argv_wrong_sysctl(a) :
	    argv_wrong_ip(kind, a);
}

#endif
