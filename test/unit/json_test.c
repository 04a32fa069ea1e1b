/* json_test.c - reading JSON as engines and their enemies write it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json.h"
#include "lib/strbuf.h"

static struct json j;

static int
parse(const char *text)
{
	return json_parse(&j, text, strlen(text));
}

static int
leave(void **state)
{
	(void)state;
	json_release(&j);
	return 0;
}

/* The string that text, a JSON string, stands for. */
static void
assert_reads(const char *text, const char *want, size_t len)
{
	struct strbuf b = STRBUF_INIT;

	assert_int_equal(parse(text), 0);
	assert_int_equal(json_str(&j, 0, &b), 0);
	assert_int_equal(b.len, len);
	assert_memory_equal(b.s, want, len);
	strbuf_release(&b);
}

static void
members_are_found_by_key_and_by_path(void **state)
{
	char *s;

	(void)state;
	assert_int_equal(parse("{\"a\":{\"b\":{\"c\":\"x\"},\"d\":7},"
	    "\"e\":true}"), 0);
	s = json_dup(&j, json_path(&j, 0, "a.b.c"));
	assert_string_equal(s, "x");
	free(s);
	assert_int_equal(json_int(&j, json_path(&j, 0, "a.d")), 7);
	assert_true(json_true(&j, json_get(&j, 0, "e")));
}

static void
what_is_not_there_may_be_passed_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"a\":1}"), 0);
	assert_int_equal(json_get(&j, 0, "b"), -1);
	assert_int_equal(json_get(&j, -1, "b"), -1);
	assert_int_equal(json_get(&j, 5000, "b"), -1);
	assert_int_equal(json_path(&j, 0, "a.b"), -1);
	assert_int_equal(json_first(&j, -1), -1);
	assert_int_equal(json_item(&j, 0), -1);
	assert_int_equal(json_int(&j, -1), 0);
	assert_int_equal(json_true(&j, -1), 0);
	assert_int_equal(json_is(&j, -1, ""), 0);
	assert_null(json_dup(&j, -1));
	assert_null(json_dup(&j, json_get(&j, 0, "a")));	/* a number */
}

static void
a_key_of_an_inner_object_is_not_the_outer_ones(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"x\":{\"Pid\":1},\"Pid\":2}"), 0);
	assert_int_equal(json_int(&j, json_get(&j, 0, "Pid")), 2);
	assert_int_equal(parse("[{\"a\":1},{\"b\":2}]"), 0);
	assert_int_equal(json_get(&j, json_item(&j, 0), "b"), -1);
}

static void
the_first_of_two_equal_keys_counts(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"a\":1,\"a\":2}"), 0);
	assert_int_equal(json_int(&j, json_get(&j, 0, "a")), 1);
}

static void
objects_and_arrays_are_walked_over_nested_ones(void **state)
{
	int k, n = 0;

	(void)state;
	assert_int_equal(parse("{\"a\":{\"x\":[1,2]},\"b\":[],\"c\":{}}"), 0);
	for (k = json_first(&j, 0); k >= 0; k = json_next(&j, 0, k), n++)
		assert_true(json_is(&j, k, n == 0 ? "a" : n == 1 ? "b" : "c"));
	assert_int_equal(n, 3);
	assert_int_equal(parse("[[1,[2]],{\"a\":[3]},4]"), 0);
	n = 0;
	for (k = json_item(&j, 0); k >= 0; k = json_item_next(&j, 0, k))
		n++;
	assert_int_equal(n, 3);
	assert_int_equal(parse("{\"l\":[],\"z\":1}"), 0);
	assert_int_equal(json_item(&j, json_get(&j, 0, "l")), -1);
}

static void
an_inner_array_ends_before_what_follows_it(void **state)
{
	int arr, k, n = 0;

	(void)state;
	assert_int_equal(parse("{\"a\":[1,2],\"b\":3}"), 0);
	arr = json_get(&j, 0, "a");
	for (k = json_item(&j, arr); k >= 0; k = json_item_next(&j, arr, k))
		n++;
	assert_int_equal(n, 2);
}

static void
escapes_are_undone(void **state)
{
	(void)state;
	assert_reads("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz",
	    10);
	assert_reads("\"\\u003cb\\u003E \\u0026\"", "<b> &", 5);
	assert_reads("\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac", 5);
	assert_reads("\"\"", "", 0);
}

static void
surrogate_pairs_are_one_character(void **state)
{
	(void)state;
	assert_reads("\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!", 5);
	assert_reads("\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf", 4);
}

static void
half_a_surrogate_pair_is_a_replacement_character(void **state)
{
	(void)state;
	assert_reads("\"\\ud83d\"", "\xef\xbf\xbd", 3);
	assert_reads("\"\\ude00x\"", "\xef\xbf\xbdx", 4);
	assert_reads("\"\\ud83dx\"", "\xef\xbf\xbdx", 4);
	assert_reads("\"\\ud83d\\n\"", "\xef\xbf\xbd\n", 4);
	assert_reads("\"\\udc00\\udc00\"", "\xef\xbf\xbd\xef\xbf\xbd", 6);
	assert_reads("\"\\ud83d\\ue000\"", "\xef\xbf\xbd\xee\x80\x80", 6);
	assert_reads("\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A", 4);
	assert_reads("\"\\ud83d\\ud83d\\ude00\"",
	    "\xef\xbf\xbd\xf0\x9f\x98\x80", 7);
}

static void
an_escaped_nul_does_not_end_a_string(void **state)
{
	(void)state;
	assert_reads("\"a\\u0000b\"", "a\xc0\x80" "b", 4);
}

static void
a_nul_byte_is_refused(void **state)
{
	(void)state;
	assert_int_equal(json_parse(&j, "{\"a\":1}\0{}", 10), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(json_parse(&j, "\"a\0b\"", 5), -1);
}

static void
what_is_cut_off_is_refused_at_every_byte(void **state)
{
	static const char text[] =
	    "{\"a\":[1,{\"b\\u00e9\":\"x\\\\\"},null],\"c\":{\"d\":-1.5}}";
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(text) - 1; n++) {
		errno = 0;
		assert_int_equal(json_parse(&j, text, n), -1);
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(json_parse(&j, text, n), 0);
}

static void
garbage_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "garbage", "}", "{]",
		"{\"a\":1]", "[1}", "\"\\x\"", "\"\\u12g4\"", "'a'", "{a:1}",
		"{\"a\":b}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse(bad[i]), -1);
}

/* jsmn lets these pass: reading them must do no harm. */
static void
odd_objects_are_walked_without_harm(void **state)
{
	static const char *const odd[] = { "{}", "{\"a\"}", "{\"a\",\"b\"}",
		"{\"a\":1 2}", "{\"a\":}", "{,}", "[,]", "{{}:1}", "[:]",
		"{\"a\":\"b\":\"c\"}", "{}{\"a\":1}", "{[1]}" };
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		if (parse(odd[i]) < 0)
			continue;
		for (k = json_first(&j, 0); k >= 0; k = json_next(&j, 0, k))
			(void)json_int(&j, json_value(&j, k));
		for (k = json_item(&j, 0); k >= 0; )
			k = json_item_next(&j, 0, k);
		(void)json_get(&j, 0, "b");
		(void)json_path(&j, 0, "a.b.c");
	}
	if (parse("{\"a\"}") == 0)
		assert_int_equal(json_get(&j, 0, "a"), -1);
	if (parse("{\"a\",\"b\":1}") == 0)
		assert_int_equal(json_get(&j, 0, "a"), -1);
}

static void
numbers_are_read_and_bounded(void **state)
{
	(void)state;
	assert_int_equal(parse("[1795301366435951125,-5,1.9,"
	    "99999999999999999999,123456789012345678901234567890123456789]"),
	    0);
	assert_true(json_int(&j, 1) == 1795301366435951125LL);
	assert_int_equal(json_int(&j, 2), -5);
	assert_int_equal(json_int(&j, 3), 1);
	assert_true(json_int(&j, 4) == INT64_MAX);
	assert_int_equal(json_int(&j, 5), 0);	/* no number is that long */
	assert_int_equal(parse("\"5\""), 0);
	assert_int_equal(json_int(&j, 0), 0);	/* a string is no number */
}

static char *
repeat(const char *s, size_t n, const char *head, const char *tail)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_adds(&b, head);
	while (n--)
		strbuf_adds(&b, s);
	strbuf_adds(&b, tail);
	return b.s;
}

static void
deep_nesting_is_read_without_recursion(void **state)
{
	char *open = repeat("[", 5000, "", ""), *text;

	(void)state;
	text = repeat("]", 5000, open, "");
	assert_int_equal(parse(text), 0);
	assert_int_equal(json_item_next(&j, 0, json_item(&j, 0)), -1);
	free(open);
	free(text);
}

static void
too_many_tokens_are_an_error_of_their_own(void **state)
{
	char *text = repeat("1,", JSON_TOKENS_MAX, "[", "1]");

	(void)state;
	assert_int_equal(parse(text), -1);
	assert_int_equal(errno, E2BIG);
	free(text);
	assert_int_equal(parse("{\"a\":1}"), 0);
	assert_true(j.cap <= 4096);	/* the next is read with little */
}

static void
a_long_string_is_read_whole(void **state)
{
	char *text = repeat("x\\n", 1 << 20, "\"", "\""), *s;

	(void)state;
	assert_int_equal(parse(text), 0);
	s = json_dup(&j, 0);
	assert_int_equal(strlen(s), 2 << 20);
	free(s);
	free(text);
}

static void
only_the_whole_string_is_equal(void **state)
{
	(void)state;
	assert_int_equal(parse("[\"start\",\"\"]"), 0);
	assert_true(json_is(&j, 1, "start"));
	assert_false(json_is(&j, 1, "star"));
	assert_false(json_is(&j, 1, "starts"));
	assert_true(json_begins(&j, 1, "star"));
	assert_false(json_begins(&j, 1, "starts"));
	assert_false(json_begins(&j, 1, "start\""));
	assert_true(json_is(&j, 2, ""));
}

/* The elements of the array, as json_cut() finds them, behind '|' each; "!"
 * at the end if it is none. */
static const char *
cut(const char *text)
{
	static char got[256];
	const char *at = text, *item, *end = text + strlen(text);
	size_t len, n = 0;
	int more;

	while ((more = json_cut(&at, end, &item, &len)) > 0)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "|%.*s",
		    (int)len, item);
	snprintf(got + n, sizeof(got) - n, "%s", more < 0 ? "!" : "");
	return got;
}

static void
an_array_is_cut_into_its_elements(void **state)
{
	(void)state;
	assert_string_equal(cut("[]"), "");
	assert_string_equal(cut(" [ ] "), "");
	assert_string_equal(cut("[1]"), "|1");
	assert_string_equal(cut("[{\"a\":[1,2]}, {\"b\":\"],}\"}]\n"),
	    "|{\"a\":[1,2]}|{\"b\":\"],}\"}");
	assert_string_equal(cut("[\"a\\\",\",\"\\\\\"]"),
	    "|\"a\\\",\"|\"\\\\\"");
	assert_string_equal(cut("[[[1],[2]],3]"), "|[[1],[2]]|3");
}

static void
what_is_no_array_or_has_no_end_is_not_cut(void **state)
{
	(void)state;
	assert_string_equal(cut(""), "!");
	assert_string_equal(cut("{}"), "!");
	assert_string_equal(cut("["), "!");
	assert_string_equal(cut("[1"), "!");
	assert_string_equal(cut("[1,2"), "|1!");
	assert_string_equal(cut("[\"a]"), "!");
	assert_string_equal(cut("[\"a\\"), "!");
	assert_string_equal(cut("[{]"), "!");
	assert_string_equal(cut("[}]"), "!");
}

#define TEST(f) cmocka_unit_test_teardown(f, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_are_found_by_key_and_by_path),
		TEST(what_is_not_there_may_be_passed_anywhere),
		TEST(a_key_of_an_inner_object_is_not_the_outer_ones),
		TEST(the_first_of_two_equal_keys_counts),
		TEST(objects_and_arrays_are_walked_over_nested_ones),
		TEST(an_inner_array_ends_before_what_follows_it),
		TEST(escapes_are_undone),
		TEST(surrogate_pairs_are_one_character),
		TEST(half_a_surrogate_pair_is_a_replacement_character),
		TEST(an_escaped_nul_does_not_end_a_string),
		TEST(a_nul_byte_is_refused),
		TEST(what_is_cut_off_is_refused_at_every_byte),
		TEST(garbage_is_refused),
		TEST(odd_objects_are_walked_without_harm),
		TEST(numbers_are_read_and_bounded),
		TEST(deep_nesting_is_read_without_recursion),
		TEST(too_many_tokens_are_an_error_of_their_own),
		TEST(a_long_string_is_read_whole),
		TEST(only_the_whole_string_is_equal),
		TEST(an_array_is_cut_into_its_elements),
		TEST(what_is_no_array_or_has_no_end_is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
