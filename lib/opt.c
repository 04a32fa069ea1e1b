#include "lib/opt.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/strbuf.h"

extern char **environ;

static const char *expected;	/* by the setter that said no */
static int is_secret;		/* which does not want the value shown */

static const struct opt *
find_long(const struct opt *o, const char *name, size_t len)
{
	for (; o->name; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

static const struct opt *
find_letter(const struct opt *o, char letter)
{
	for (; o->name; o++)
		if (o->letter && o->letter == letter)
			return o;
	return NULL;
}

/* where: "--jobs" or "$CLEAT_WATCH_JOBS" */
static int
set(const struct opt *o, const char *where, const char *val)
{
	if (!o->arg != !val) {
		log_error("%s %s value%s%s", where, o->arg ? "needs a" :
		    "takes no", o->arg ? ": " : "", o->arg ? o->arg : "");
		return -1;
	}
	expected = NULL;
	is_secret = 0;
	if (o->set(o, val) == 0)
		return 0;
	log_error("%s: bad value%s%s%s%s%s", where, is_secret ? "" : " \"",
	    is_secret ? "" : val, is_secret ? "" : "\"",
	    expected ? ": expected " : "", expected ? expected : "");
	return -1;
}

static void
env_name(char *dst, size_t size, const char *prefix, const char *name)
{
	size_t i;

	if (fit(dst, size, "%s_%s", prefix, name) < 0)
		return;
	for (i = 0; dst[i]; i++)
		dst[i] = dst[i] == '-' ? '_' : (char)toupper(
		    (unsigned char)dst[i]);
}

/* A flag is set by 1, yes, true or on. */
static int
is_yes(const char *s)
{
	return !strcmp(s, "1") || !strcmp(s, "yes") || !strcmp(s, "true") ||
	    !strcmp(s, "on");
}

static int
is_no(const char *s)
{
	return !strcmp(s, "") || !strcmp(s, "0") || !strcmp(s, "no") ||
	    !strcmp(s, "false") || !strcmp(s, "off");
}

/* The first variable from e on that is ours by its name, or NULL. */
static char *const *
find_ours(char *const *e, const char *prefix)
{
	size_t len = strlen(prefix);

	for (; *e; e++)
		if (!strncmp(*e, prefix, len) && (*e)[len] == '_')
			return e;
	return NULL;
}

/* One of ours, but of no option, is mistyped. */
static void
warn_unknown(const struct opt *table, const char *prefix)
{
	char *const *e = environ;
	const struct opt *o;
	char name[64];
	size_t n;

	for (; (e = find_ours(e, prefix)); e++) {
		n = strcspn(*e, "=");
		for (o = table; o->name; o++) {
			env_name(name, sizeof(name), prefix, o->name);
			if (strlen(name) == n && !memcmp(name, *e, n))
				break;
		}
		if (!o->name)
			log_warn("$%.*s is no option: see --help", (int)n, *e);
	}
}

static int
from_env(const struct opt *o, const char *prefix)
{
	char name[64], where[72];
	const char *val;

	for (; o->name; o++) {
		env_name(name, sizeof(name), prefix, o->name);
		val = getenv(name);
		if (!val || (o->arg && !*val))
			continue;
		(void)fit(where, sizeof(where), "$%s", name);
		if (!o->arg && is_no(val))
			continue;
		if (!o->arg && !is_yes(val)) {
			log_error("%s: bad value \"%s\": expected 1 or 0",
			    where, val);
			return -1;
		}
		if (set(o, where, o->arg ? val : NULL) < 0)
			return -1;
	}
	return 0;
}

/* --name, --name=value, --name value; returns the words taken, or -1. */
static int
parse_long(const struct opt *table, const char *word, const char *next)
{
	const char *val = strchr(word, '=');
	size_t len = val ? (size_t)(val - word) : strlen(word);
	const struct opt *o = find_long(table, word + 2, len - 2);
	char where[64];

	if (!o) {
		log_error("unknown option %s: see --help", word);
		return -1;
	}
	(void)fit(where, sizeof(where), "--%s", o->name);
	if (val)
		return set(o, where, val + 1) < 0 ? -1 : 1;
	if (!o->arg)
		return set(o, where, NULL) < 0 ? -1 : 1;
	return set(o, where, next) < 0 ? -1 : 2;
}

/* -a, -abc, -k5, -k 5; returns the words taken, or -1. */
static int
parse_letters(const struct opt *table, const char *word, const char *next)
{
	char where[3] = "-";
	const struct opt *o;
	const char *p;

	for (p = word + 1; *p; p++) {
		o = find_letter(table, *p);
		where[1] = *p;
		if (!o) {
			log_error("unknown option %s: see --help", where);
			return -1;
		}
		if (!o->arg) {
			if (set(o, where, NULL) < 0)
				return -1;
			continue;
		}
		if (p[1])
			return set(o, where, p + 1) < 0 ? -1 : 1;
		return set(o, where, next) < 0 ? -1 : 2;
	}
	return 1;
}

int
opt_parse(const struct opt *table, const char *env, int argc,
    char *const argv[])
{
	const char *word, *next;
	int i = 1, took;

	if (env && find_ours(environ, env)) {
		if (from_env(table, env) < 0)
			return -1;
		warn_unknown(table, env);
	}
	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		word = argv[i];
		next = i + 1 < argc ? argv[i + 1] : NULL;
		if (!strcmp(word, "--"))
			return i + 1;
		if (!strcmp(word, "--help"))
			return OPT_HELP;
		took = word[1] == '-' ? parse_long(table, word, next) :
		    parse_letters(table, word, next);
		if (took < 0)
			return -1;
		i += took;
	}
	return i;
}

#define HELP_COLUMN 32

/* The lines of text, each from its column on. */
static void
put_help(const char *text, int new_line)
{
	int n;

	for (;; text += n + 1) {
		n = (int)strcspn(text, "\n");
		if (new_line)
			printf("\n%*s", HELP_COLUMN, "");
		printf("%.*s", n, text);
		new_line = 1;
		if (!text[n])
			break;
	}
	putchar('\n');
}

void
opt_help(const struct opt *o, const char *env)
{
	const char *first = o->name;
	char left[64], name[64];

	for (; o->name; o++) {
		if (!o->help)
			continue;
		(void)fit(left, sizeof(left), "  %c%c%c --%s%s%s",
		    o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
		    o->letter ? ',' : ' ', o->name, o->arg ? " " : "",
		    o->arg ? o->arg : "");
		printf("%-*s", HELP_COLUMN, left);
		put_help(o->help, strlen(left) >= HELP_COLUMN);
	}
	printf("      %-26s%s\n", "--help", "this text");
	if (!env)
		return;
	env_name(name, sizeof(name), env, first);
	printf("\nAn option can also be given by a variable: --%s by %s.\n",
	    first, name);
}

int
opt_bad(const char *what)
{
	expected = what;
	return -1;
}

int
opt_bad_secret(const char *what)
{
	is_secret = 1;
	return opt_bad(what);
}

int
opt_flag(const struct opt *o, const char *arg)
{
	(void)arg;
	*(int *)o->dst = 1;
	return 0;
}

int
opt_str(const struct opt *o, const char *arg)
{
	*(const char **)o->dst = arg;
	return 0;
}

int
opt_int(const struct opt *o, const char *arg)
{
	static char want[64];
	char *end;
	long n;

	errno = 0;
	n = strtol(arg, &end, 10);
	if (end == arg || *end || errno || n < o->min || n > o->max) {
		(void)fit(want, sizeof(want), "a number from %ld to %ld",
		    o->min, o->max);
		return opt_bad(want);
	}
	*(int *)o->dst = (int)n;
	return 0;
}

int
opt_secs(const struct opt *o, const char *arg)
{
	static char want[64];
	char *end;
	double s = strtod(arg, &end);

	if (end == arg || *end || !(s >= (double)o->min) ||
	    !(s <= (double)o->max)) {
		(void)fit(want, sizeof(want), "seconds from %ld to %ld",
		    o->min, o->max);
		return opt_bad(want);
	}
	*(int *)o->dst = (int)(s * 1000);
	return 0;
}
