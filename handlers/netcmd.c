#include "handlers/netcmd.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "handlers/netform.h"
#include "handlers/netgram.h"
#include "handlers/netsysctl.h"
#include "lib/log.h"
#include "lib/strvec.h"
#include "lib/util.h"

#define SHOWN 48	/* bytes of a wrong word that an error shows */

/* A walk through the words of one command. */
struct walk {
	const struct strvec *words;
	size_t i;			/* the next one */
	const struct netobject *object;
	const struct netverb *verb;
	const struct netkey *keys;	/* that may come now */
	uint64_t seen;			/* of keys, by row */
	uint64_t had;			/* of the verb's own keys */
	int ipv6, nodad;
	char *err;
	size_t size;
};

static const char *const kinds[NETCMD_KINDS] = {
	"sysctl", "address", "route", "rule", "host-route",
};

static int fail(struct walk *w, size_t i, const char *fmt, ...) PRINTF(3, 4);

/* Word i is not what it should be. */
static int
fail(struct walk *w, size_t i, const char *fmt, ...)
{
	const char *word = i < w->words->n ? w->words->v[i] : "";
	const char *reason = netgram_refused(word);
	char shown[SHOWN + 1], text[256];
	va_list ap;

	shown[log_escape(shown, SHOWN, word, '"')] = '\0';
	for (char *s = shown; *s; s++)	/* no letter that looks like another */
		if (*s & '\x80')
			*s = '?';
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (reason)
		snprintf(text, sizeof(text), "not allowed in a label: %s",
		    reason);
	snprintf(w->err, w->size, "word %zu \"%s\": %s", i + 1, shown, text);
	return -1;
}

const char *
netcmd_name(enum netcmd_kind kind)
{
	return (size_t)kind < countof(kinds) ? kinds[kind] : NULL;
}

int
netcmd_find(const char *name)
{
	for (size_t i = 0; i < countof(kinds); i++)
		if (strcmp(kinds[i], name) == 0)
			return (int)i;
	return -1;
}

/* The next word, or NULL. */
static const char *
peek(const struct walk *w)
{
	return w->i < w->words->n ? w->words->v[w->i] : NULL;
}

static const struct netkey *
find_key(const struct netkey *k, const char *name)
{
	for (; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static int
take_value(struct walk *w, const struct netkey *k)
{
	const char *v = peek(w);

	if (v && netform_named(k->lead, v)) {
		w->i++;
		v = peek(w);
	}
	if (v == NULL)
		return fail(w, w->i - 1, "expected %s behind it",
		    k->value->expected);
	if (!netform_fits(k->value, v) || netgram_refused(v))
		return fail(w, w->i, "expected %s", k->value->expected);
	if (k->value->fits == netform_address ||
	    k->value->fits == netform_prefix)
		w->ipv6 |= strchr(v, ':') != NULL;
	w->i++;
	return 0;
}

/* The first row of a table may be one whose name can be left out. */
static const struct netkey *
bare_key(const struct walk *w)
{
	return w->keys->bare && !(w->seen & 1) ? w->keys : NULL;
}

/* The row of the next word, with the word taken if it is a keyword. */
static const struct netkey *
next_key(struct walk *w)
{
	const struct netkey *bare = bare_key(w), *k;
	const char *word = peek(w);

	k = find_key(w->keys, word);
	if (k) {
		w->i++;
		return k;
	}
	if (bare && (netform_named(bare->lead, word) ||
	    netform_fits(bare->value, word)))
		return bare;
	fail(w, w->i, "expected %s%sa keyword of ip %s %s",
	    bare ? bare->value->expected : "", bare ? ", or " : "",
	    w->object->name, w->verb->name);
	return NULL;
}

/* One keyword with what belongs to it. */
static int
take_key(struct walk *w)
{
	const struct netkey *k = next_key(w);
	uint64_t bit;

	if (k == NULL)
		return -1;
	bit = UINT64_C(1) << (k - w->keys);
	if (w->seen & bit)
		return fail(w, w->i - 1, "given twice");
	w->seen |= bit;
	if (w->keys == w->verb->keys)
		w->had = w->seen;
	if (k->value)
		return take_value(w, k);
	if (k->then) {
		w->keys = k->then;
		w->seen = 0;
		if (peek(w) == NULL)
			return fail(w, w->i - 1, "expected via behind it");
	} else if (w->ipv6 && (strcmp(k->name, "nodad") == 0 ||
	    strcmp(k->name, "optimistic") == 0)) {
		w->nodad = 1;	/* ip ignores it before an IPv6 address */
	}
	return 0;
}

/* Whether the keyword that the verb needs was there. */
static int
check_need(struct walk *w)
{
	const char *need = w->verb->need;
	const struct netkey *k;

	if (need == NULL || (*need == '\0' && w->had))
		return 0;
	if (*need == '\0')
		return fail(w, w->i - 1, "expected more words behind it");
	k = find_key(w->verb->keys, need);
	if (w->had & UINT64_C(1) << (k - w->verb->keys))
		return 0;
	snprintf(w->err, w->size, "ip %s %s needs %s%s%s", w->object->name,
	    w->verb->name, k->bare ? "" : k->name, k->bare ? "" : " and ",
	    k->value->expected);
	return -1;
}

static int
take_verb(struct walk *w)
{
	const struct netverb *v = w->object->verbs;
	const char *name = peek(w);
	char all[128];
	size_t n = 0;

	for (; name && v->name; v++)
		if (strcmp(v->name, name) == 0)
			break;
	if (name && v->name) {
		w->verb = v;
		w->keys = v->keys;
		w->i++;
		return 0;
	}
	for (v = w->object->verbs; v->name; v++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s",
		    n ? " " : "", v->name);
	return fail(w, w->i, "expected one of: %s", all);
}

/* -4 or -6 in front: ip's own options, the only ones there are here. */
static int
take_option(struct walk *w)
{
	const char *name = peek(w);

	if (name == NULL || *name != '-')
		return 0;
	if (strcmp(name, "-4") != 0 && strcmp(name, "-6") != 0)
		return fail(w, w->i, "expected no option but -4 and -6");
	w->ipv6 = name[1] == '6';
	w->i++;
	return 0;
}

static int
check_words(struct walk *w)
{
	if (take_option(w) < 0 || take_verb(w) < 0)
		return -1;
	while (w->i < w->words->n)
		if (take_key(w) < 0)
			return -1;
	return check_need(w);
}

static int
check_sysctl(struct walk *w, struct strvec *argv)
{
	const char *wrong;

	if (w->words->n != 1)
		return fail(w, w->words->n ? 1 : 0,
		    "expected one word, NAME=VALUE (quote a value with "
		    "blanks)");
	wrong = netsysctl_check(w->words->v[0], argv);
	return wrong ? fail(w, 0, "%s", wrong) : 0;
}

int
netcmd_check(enum netcmd_kind kind, const struct strvec *words,
    struct strvec *argv, char *err, size_t size)
{
	struct walk w = {
		.words = words, .object = &netgram[kind],
		.err = err, .size = size,
	};
	const char *option = NULL;
	size_t i = 0;

	if (kind == NETCMD_SYSCTL)
		return check_sysctl(&w, argv);
	if (check_words(&w) < 0)
		return -1;
	if (*words->v[0] == '-')
		option = words->v[i++];
	else if (w.verb->blind && w.ipv6)
		option = "-6";
	strvec_push(argv, "ip");
	if (option)
		strvec_push(argv, option);
	strvec_push(argv, w.object->name);
	while (i < words->n)
		strvec_push(argv, words->v[i++]);
	if (w.verb->gives && w.ipv6 && !w.nodad)
		strvec_push(argv, "nodad");
	return 0;
}

const char *
netcmd_verb(const struct strvec *argv)
{
	return argv->v[*argv->v[1] == '-' ? 3 : 2];
}
