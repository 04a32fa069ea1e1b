#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "init/prefix.h"
#include "lib/util.h"

static void
what_is_a_colour_and_what_belongs_to_the_prefix(void **state)
{
	static const struct {
		const char *text, *want;	/* NULL: refused */
	} rows[] = {
		{ "web", "web" },
		{ "web: ", "web: " },
		{ "web:", "web:" },
		{ "::", "::" },
		{ "host:8080", "host:8080" },
		{ "web:Red", "web:Red" },
		{ "web:red ", "web:red " },
		{ "web:red", "\033[31;1mweb\033[0m" },
		{ "web:green", "\033[32;1mweb\033[0m" },
		{ "web:yellow", "\033[33;1mweb\033[0m" },
		{ "web:blue", "\033[34;1mweb\033[0m" },
		{ "web:magenta", "\033[35;1mweb\033[0m" },
		{ "web:cyan", "\033[36;1mweb\033[0m" },
		{ "web:white", "\033[37;1mweb\033[0m" },
		{ "a:b:red", "\033[31;1ma:b\033[0m" },
		{ "web: :red", "\033[31;1mweb: \033[0m" },
		{ "100%s:red", "\033[31;1m100%s\033[0m" },
		{ "red", "red" },
		{ "web:orange", NULL },
		{ "a:red:b", NULL },
		{ "web:re", NULL },
		{ "web:redder", NULL },
		{ ":red", NULL },
		{ "", NULL },
	};
	struct prefix p;
	size_t i;

	(void)state;
	for (i = 0; i < countof(rows); i++) {
		if (!rows[i].want) {
			if (prefix_parse(&p, rows[i].text) != -1)
				fail_msg("%s was taken", rows[i].text);
			continue;
		}
		if (prefix_parse(&p, rows[i].text) != 0)
			fail_msg("%s was refused", rows[i].text);
		assert_string_equal(p.text, rows[i].want);
		assert_int_equal(p.len, strlen(rows[i].want));
	}
}

static void
the_longest_prefix_fits_and_no_longer_one_does(void **state)
{
	char text[PREFIX_MAX + 16], dst[PREFIX_ROOM];
	struct prefix p;
	size_t used;

	(void)state;
	memset(text, 'x', sizeof(text));
	strcpy(text + PREFIX_MAX, ":red");
	assert_int_equal(prefix_parse(&p, text), 0);
	assert_int_equal(p.len, PREFIX_MAX + PREFIX_PAINT);
	assert_int_equal(prefix_put(&p, dst, sizeof(dst), "abc", 3, &used),
	    PREFIX_ROOM);
	assert_int_equal(used, 1);
	strcpy(text + PREFIX_MAX, "x");
	assert_int_equal(prefix_parse(&p, text), -1);
	strcpy(text + PREFIX_MAX, "x:red");
	assert_int_equal(prefix_parse(&p, text), -1);
}

/* What comes out if src comes in pieces of at most piece bytes, into rooms of
 * size bytes. */
static void
in_pieces(char *dst, const char *src, size_t piece, size_t size)
{
	size_t n = strlen(src), at = 0, len = 0, used, k, give;
	struct prefix p;

	assert_int_equal(prefix_parse(&p, "<p>"), 0);
	while (at < n) {
		give = n - at < piece ? n - at : piece;
		memset(dst + len, '#', size + 1);
		k = prefix_put(&p, dst + len, size, src + at, give, &used);
		assert_true(k <= size && used <= give);
		assert_int_equal(dst[len + size], '#');
		assert_true(k > 0);
		/* the prefix goes out with the byte that asked for it */
		assert_true(used > 0);
		at += used;
		len += k;
	}
	dst[len] = '\0';
}

static void
lines_in_any_pieces_get_one_prefix_each(void **state)
{
	static const struct {
		const char *src, *want;
	} rows[] = {
		{ "one\n", "<p>one\n" },
		{ "one\ntwo\n", "<p>one\n<p>two\n" },
		{ "one\n\n\ntwo", "<p>one\n<p>\n<p>\n<p>two" },
		{ "\n", "<p>\n" },
		{ "no end", "<p>no end" },
		{ "progress\rmore\n", "<p>progress\rmore\n" },
		{ "", "" },
	};
	char got[256];
	size_t i, piece, size;

	(void)state;
	for (i = 0; i < countof(rows); i++)
		for (piece = 1; piece <= strlen(rows[i].src); piece++)
			for (size = 4; size < 40; size++) {
				in_pieces(got, rows[i].src, piece, size);
				assert_string_equal(got, rows[i].want);
			}
}

static void
nothing_follows_the_last_newline(void **state)
{
	struct prefix p;
	char dst[64];
	size_t used, k;

	(void)state;
	assert_int_equal(prefix_parse(&p, "<p>"), 0);
	k = prefix_put(&p, dst, sizeof(dst), "one\n", 4, &used);
	assert_int_equal(k, 7);
	assert_memory_equal(dst, "<p>one\n", 7);
	assert_int_equal(prefix_put(&p, dst, sizeof(dst), "", 0, &used), 0);
	assert_int_equal(used, 0);
}

static void
a_prefix_without_room_waits_whole(void **state)
{
	struct prefix p;
	char dst[64];
	size_t used, k, size;

	(void)state;
	for (size = 0; size < 4; size++) {
		assert_int_equal(prefix_parse(&p, "<p>"), 0);
		k = prefix_put(&p, dst, size, "one", 3, &used);
		assert_int_equal(k, 0);
		assert_int_equal(used, 0);
		k = prefix_put(&p, dst, 4, "one", 3, &used);
		assert_int_equal(k, 4);
		assert_int_equal(used, 1);
		assert_memory_equal(dst, "<p>o", 4);
	}
	/* the room ends just behind a line */
	assert_int_equal(prefix_parse(&p, "<p>"), 0);
	k = prefix_put(&p, dst, 8, "one\ntwo\n", 8, &used);
	assert_int_equal(k, 7);
	assert_int_equal(used, 4);
}

static void
streams_do_not_know_of_each_other(void **state)
{
	struct prefix a, b;
	char dst[64];
	size_t used;

	(void)state;
	assert_int_equal(prefix_parse(&a, "<a>"), 0);
	assert_int_equal(prefix_parse(&b, "<b>"), 0);
	assert_int_equal(prefix_put(&a, dst, 64, "half", 4, &used), 7);
	assert_int_equal(prefix_put(&b, dst, 64, "line\n", 5, &used), 8);
	assert_memory_equal(dst, "<b>line\n", 8);
	assert_int_equal(prefix_put(&a, dst, 64, " a line\n", 8, &used), 8);
	assert_memory_equal(dst, " a line\n", 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_is_a_colour_and_what_belongs_to_the_prefix),
		cmocka_unit_test(
		    the_longest_prefix_fits_and_no_longer_one_does),
		cmocka_unit_test(lines_in_any_pieces_get_one_prefix_each),
		cmocka_unit_test(nothing_follows_the_last_newline),
		cmocka_unit_test(a_prefix_without_room_waits_whole),
		cmocka_unit_test(streams_do_not_know_of_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
