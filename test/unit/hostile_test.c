/* hostile_test.c - the tables of labels, through words and netcmd.  Run in
 * the checkout: it reads test/hostile.tsv (its format stands there) and
 * test/ordinary.tsv. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/netcmd.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/words.h"
#include "test/argv_check.h"

struct line {
	const char *kind, *value, *expected;
	int number;
};

struct tally {
	int refused, taken;	/* commands of one label */
};

static int broken;	/* lines that are not as expected */

static const char *
var(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "VPN_IP") == 0 ? "10.9.8.7" : NULL;
}

/* Bring the escapes of a value to their bytes, as bash's printf %b does. */
static int
unescape(struct strbuf *b, const char *s)
{
	static const char from[] = "\\ntreab", to[] = "\\\n\t\r\x1b\a\b";
	const char *at;
	char hex[3] = "", c;

	for (; *s; s++) {
		c = *s;
		if (c == '\\' && s[1] == 'x' && s[2] && s[3]) {
			memcpy(hex, s + 2, 2);
			c = (char)strtoul(hex, NULL, 16);
			s += 3;
		} else if (c == '\\') {
			at = s[1] ? strchr(from, s[1]) : NULL;
			if (at == NULL)
				return -1;
			c = to[at - from];
			s++;
		}
		strbuf_add(b, &c, 1);
	}
	return 0;
}

/* The text of a value, with @repeat:TEXT:N spelled out. */
static int
expand(struct strbuf *b, char *value)
{
	struct strbuf once = STRBUF_INIT;
	char *colon = strrchr(value, ':');
	int n = 1, bad;

	if (strncmp(value, "@repeat:", 8) == 0) {
		n = atoi(colon + 1);
		*colon = '\0';
		value += 8;
	}
	bad = unescape(&once, value);
	while (n-- > 0)
		strbuf_add(b, once.s, once.len);
	strbuf_release(&once);
	return bad;
}

static void
complain(const struct line *l, enum netcmd_kind kind, const char *what)
{
	print_error("line %d as %s: %s\n", l->number, netcmd_name(kind), what);
	broken++;
}

static void
check_label(enum netcmd_kind kind, const char *text, const struct line *l,
    struct tally *t)
{
	struct strvec words = STRVEC_INIT, argv = STRVEC_INIT;
	const char *wrong, *before;
	char err[256];
	int n;

	while (*text) {
		before = text;
		n = words_next(&words, &text, var, NULL, err, sizeof(err));
		if (text <= before)
			fail_msg("line %d: stuck", l->number);
		if (n > 0)
			n = netcmd_check(kind, &words, &argv, err,
			    sizeof(err)) < 0 ? -1 : 1;
		t->refused += n < 0;
		t->taken += n > 0;
		wrong = n > 0 ? argv_wrong(kind, &argv) : NULL;
		if (wrong)
			complain(l, kind, wrong);
		strvec_truncate(&words, 0);
		strvec_truncate(&argv, 0);
	}
	strvec_release(&words);
	strvec_release(&argv);
}

static void
check_line(enum netcmd_kind kind, const char *text, const struct line *l)
{
	struct tally t = { 0, 0 };

	check_label(kind, text, l, &t);
	if (strcmp(l->expected, "refused") == 0 && t.taken > 0)
		complain(l, kind, "taken");
	if (strcmp(l->expected, "accepted") == 0 && t.refused > 0)
		complain(l, kind, "refused");
}

static int
is_outcome(const char *s)
{
	return s && (strcmp(s, "refused") == 0 || strcmp(s, "harmless") == 0 ||
	    strcmp(s, "accepted") == 0);
}

/* Returns how many labels the line stood for. */
static int
run_line(char *s, int number)
{
	struct strbuf text = STRBUF_INIT;
	struct line l = { .number = number };
	char *value;
	int kind, n = 0;

	l.kind = strsep(&s, "\t");
	l.value = value = strsep(&s, "\t");
	l.expected = strsep(&s, "\t");
	if (!is_outcome(l.expected) || expand(&text, value) < 0) {
		strbuf_release(&text);
		fail_msg("line %d: not in the format", number);
		return 0;
	}
	for (kind = 0; kind < NETCMD_KINDS; kind++) {
		if (strcmp(l.kind, "*") != 0 &&
		    strcmp(l.kind, netcmd_name(kind)) != 0)
			continue;
		check_line(kind, text.s, &l);
		n++;
	}
	strbuf_release(&text);
	if (n == 0)
		fail_msg("line %d: no such kind", number);
	return n;
}

static int
run_table(const char *path)
{
	FILE *f = fopen(path, "re");
	char *s = NULL;
	size_t cap = 0;
	int number = 0, labels = 0;

	if (f == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	while (getline(&s, &cap, f) > 0) {
		number++;
		s[strcspn(s, "\n")] = '\0';
		if (*s && *s != '#')
			labels += run_line(s, number);
	}
	free(s);
	fclose(f);
	return labels;
}

static void
no_hostile_label_becomes_more_than_words_of_the_grammar(void **state)
{
	(void)state;
	assert_true(run_table("test/hostile.tsv") >= 1000);
	assert_int_equal(broken, 0);
}

static void
every_ordinary_label_is_accepted(void **state)
{
	(void)state;
	broken = 0;
	assert_true(run_table("test/ordinary.tsv") >= 250);
	assert_int_equal(broken, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_hostile_label_becomes_more_than_words_of_the_grammar),
		cmocka_unit_test(every_ordinary_label_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
