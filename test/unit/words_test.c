#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/util.h"
#include "lib/words.h"

static const char *
var(void *arg, const char *name)
{
	if (strcmp(name, "IP") == 0)
		return arg ? arg : "10.0.0.1";
	if (strcmp(name, "_a1") == 0)
		return "a b;c 'd $IP \\";
	return strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

/* The words of the first command of text, joined by '|', or "!" and the
 * error; what is left of the text follows behind "->". */
static char *
first(const char *text)
{
	static struct strbuf b = STRBUF_INIT;
	struct strvec words = STRVEC_INIT;
	char err[128] = "";
	int n = words_next(&words, &text, var, NULL, err, sizeof(err));

	strbuf_release(&b);
	if (n < 0)
		strbuf_addf(&b, "!%s", err);
	else
		assert_int_equal(n, words.n);
	for (size_t i = 0; i < words.n; i++)
		strbuf_addf(&b, "%s%s", i ? "|" : "", words.v[i]);
	if (*text)
		strbuf_addf(&b, "->%s", text);
	strvec_release(&words);
	return b.s;
}

struct pair {
	const char *text, *result;
};

static void
check(const struct pair *p, size_t n)
{
	for (; n > 0; n--, p++)
		assert_string_equal(first(p->text), p->result);
	first("");
}

static void
white_space_separates_words(void **state)
{
	static const struct pair p[] = {
		{ "", "" }, { "  \t\r\n ", "" }, { "a", "a" },
		{ "a b", "a|b" }, { "  a \t b\n\nc\r\n", "a|b|c" },
	};

	(void)state;
	check(p, countof(p));
}

static void
a_semicolon_separates_commands(void **state)
{
	static const struct pair p[] = {
		{ ";", "" }, { ";a", "->a" }, { "a;b", "a->b" },
		{ "a ; b;c", "a-> b;c" }, { "a;", "a" }, { ";;", "->;" },
	};

	(void)state;
	check(p, countof(p));
}

static void
a_quoted_semicolon_does_not_separate(void **state)
{
	static const struct pair p[] = {
		{ "'a;b';c", "a;b->c" }, { "\"a;b\";c", "a;b->c" },
		{ "a\\;b;c", "a;b->c" }, { "\"\\\";\";c", "\";->c" },
		{ "'\\';c", "\\->c" },
	};

	(void)state;
	check(p, countof(p));
}

static void
quotes_keep_white_space_and_may_stand_inside_a_word(void **state)
{
	static const struct pair p[] = {
		{ "'a b' \"c\td\"", "a b|c\td" }, { "a'b c'd", "ab cd" },
		{ "'a'\"b\"c", "abc" }, { "\"it's\" 'say \"x\"'",
		    "it's|say \"x\"" }, { "''", "" }, { "'' \"\"", "|" },
		{ "a ''", "a|" }, { "'a\nb'", "a\nb" },
	};

	(void)state;
	check(p, countof(p));
}

static void
a_backslash_takes_any_character_but_not_in_single_quotes(void **state)
{
	static const struct pair p[] = {
		{ "a\\ b", "a b" }, { "\\a\\n", "an" }, { "\\\\", "\\" },
		{ "\\'a \\\"", "'a|\"" }, { "\"\\a\\\"\\\\\"", "a\"\\" },
		{ "'\\a\\'", "\\a\\" }, { "\\$IP", "$IP" },
		{ "\"\\$IP\"", "$IP" }, { "a\\\nb", "a\nb" },
		{ "\\\xc3\xa4", "\xc3\xa4" },
	};

	(void)state;
	check(p, countof(p));
}

static void
known_names_expand_except_in_single_quotes(void **state)
{
	static const struct pair p[] = {
		{ "$IP", "10.0.0.1" }, { "${IP}", "10.0.0.1" },
		{ "a$IP/8", "a10.0.0.1/8" }, { "${IP}x", "10.0.0.1x" },
		{ "\"$IP ${IP}\"", "10.0.0.1 10.0.0.1" },
		{ "'$IP'", "$IP" }, { "$IP$IP;$IP", "10.0.0.110.0.0.1->$IP" },
	};

	(void)state;
	check(p, countof(p));
}

static void
an_expanded_value_is_never_split_or_read_again(void **state)
{
	static const struct pair p[] = {
		{ "$_a1;b", "a b;c 'd $IP \\->b" }, { "$EMPTY", "" },
		{ "a $EMPTY b", "a||b" }, { "a$EMPTY", "a" },
	};

	(void)state;
	check(p, countof(p));
}

static void
unknown_and_malformed_names_are_errors(void **state)
{
	static const struct pair p[] = {
		{ "a $NO b;c", "!unknown name $NO at byte 3->c" },
		{ "${NO}", "!unknown name $NO at byte 1" },
		{ "$IPX", "!unknown name $IPX at byte 1" },
		{ "a $", "!no name behind the $ at byte 3" },
		{ "$$;a", "!no name behind the $ at byte 1->a" },
		{ "$1", "!no name behind the $ at byte 1" },
		{ "${}", "!no name behind the $ at byte 1" },
		{ "${1}", "!no name behind the $ at byte 1" },
		{ "${IP", "!no name behind the $ at byte 1" },
		{ "${IP;a}", "!no name behind the $ at byte 1->a}" },
		{ "${IP:-x}", "!no name behind the $ at byte 1" },
		{ "\"$\"", "!no name behind the $ at byte 2" },
		{ "$(id)", "!no name behind the $ at byte 1" },
	};

	(void)state;
	check(p, countof(p));
}

static void
no_name_is_known_without_a_function(void **state)
{
	struct strvec words = STRVEC_INIT;
	const char *text = "$IP";
	char err[64];

	(void)state;
	assert_int_equal(words_next(&words, &text, NULL, NULL, err,
	    sizeof(err)), -1);
	assert_string_equal(err, "unknown name $IP at byte 1");
}

static void
the_argument_reaches_the_function(void **state)
{
	struct strvec words = STRVEC_INIT;
	const char *text = "$IP";
	char err[64], value[] = "1.2.3.4";

	(void)state;
	assert_int_equal(words_next(&words, &text, var, value, err,
	    sizeof(err)), 1);
	assert_string_equal(words.v[0], "1.2.3.4");
	strvec_release(&words);
}

static void
a_very_long_name_is_unknown(void **state)
{
	char text[400] = "$";

	(void)state;
	memset(text + 1, 'N', sizeof(text) - 2);
	assert_non_null(strstr(first(text), "!unknown name $NNNN"));
	assert_true(strlen(first(text)) < 128);
	first("");
}

static void
quotes_without_an_end_swallow_the_rest(void **state)
{
	static const struct pair p[] = {
		{ "a 'b;c", "!quote ' at byte 3 has no end" },
		{ "a \"b;c", "!quote \" at byte 3 has no end" },
		{ "'a' '", "!quote ' at byte 5 has no end" },
		{ "\"a\\\";b", "!quote \" at byte 1 has no end" },
		{ "a;'b", "a->'b" },
	};

	(void)state;
	check(p, countof(p));
}

static void
a_backslash_at_the_end_is_an_error(void **state)
{
	static const struct pair p[] = {
		{ "a\\", "!backslash at the end" },
		{ "\\", "!backslash at the end" },
		{ "\"a\\", "!backslash at the end" },
		{ "a;\\", "a->\\" },
		{ "'a\\", "!quote ' at byte 1 has no end" },
	};

	(void)state;
	check(p, countof(p));
}

static void
control_characters_are_errors_quoted_or_not(void **state)
{
	static const struct pair p[] = {
		{ "a \x1b[m;b", "!control byte 0x1b at byte 3->b" },
		{ "'\x1b'", "!control byte 0x1b at byte 2" },
		{ "\"\x07\"", "!control byte 0x07 at byte 2" },
		{ "\\\x01", "!control byte 0x01 at byte 2" },
		{ "\x7f", "!control byte 0x7f at byte 1" },
		{ "a\vb", "!control byte 0x0b at byte 2" },
		{ "a\xc2\x9b", "!control character U+009B at byte 2" },
		{ "\xc2\xa0", "\xc2\xa0" },
	};

	(void)state;
	check(p, countof(p));
}

static void
invalid_utf8_is_an_error(void **state)
{
	static const struct pair p[] = {
		{ "\xff", "!invalid UTF-8 at byte 1" },
		{ "a \xc3;b", "!invalid UTF-8 at byte 3->b" },
		{ "'\xe2\x80'", "!invalid UTF-8 at byte 2" },
		{ "\\\xc0\x80", "!invalid UTF-8 at byte 2" },
		{ "\xed\xa0\x80", "!invalid UTF-8 at byte 1" },
		{ "\xf0\x9f\x90\xb3 \xc3\xa4", "\xf0\x9f\x90\xb3|\xc3\xa4" },
	};

	(void)state;
	check(p, countof(p));
}

static void
an_error_leaves_the_words_before_it_alone(void **state)
{
	struct strvec words = STRVEC_INIT;
	const char *text = "a b $NO;c";
	char err[64];

	(void)state;
	strvec_push(&words, "kept");
	assert_int_equal(words_next(&words, &text, var, NULL, err,
	    sizeof(err)), -1);
	assert_int_equal(words.n, 1);
	assert_int_equal(words_next(&words, &text, var, NULL, err,
	    sizeof(err)), 1);
	assert_int_equal(words.n, 2);
	assert_string_equal(words.v[0], "kept");
	assert_string_equal(words.v[1], "c");
	assert_string_equal(text, "");
	strvec_release(&words);
}

static void
a_command_has_at_most_128_words(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < WORDS_MAX; i++)
		strbuf_adds(&b, "a ");
	assert_int_equal(first(b.s)[0], 'a');
	strbuf_adds(&b, "a;b");
	assert_string_equal(first(b.s), "!more than 128 words->b");
	strbuf_release(&b);
	first("");
}

static void
an_error_fits_the_room_that_it_gets(void **state)
{
	struct strvec words = STRVEC_INIT;
	const char *text = "'";
	char err[8];

	(void)state;
	assert_int_equal(words_next(&words, &text, NULL, NULL, err,
	    sizeof(err)), -1);
	assert_string_equal(err, "quote '");
}

static void
a_name_given_many_times_makes_no_endless_word(void **state)
{
	struct strbuf b = STRBUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 4096 / 8; i++)		/* each is of 8 bytes */
		strbuf_adds(&b, "$IP");
	assert_int_equal(strlen(first(b.s)), 4096);
	strbuf_adds(&b, "$EMPTY;a");
	assert_int_equal(strlen(first(b.s)), 4096 + 3);	/* "->a" */
	strbuf_clear(&b);
	for (i = 0; i <= 4096 / 8; i++)
		strbuf_adds(&b, "$IP");
	strbuf_adds(&b, ";a");
	assert_string_equal(first(b.s), "!$ at byte 1537 makes a word of "
	    "more than 4096 bytes->a");
	strbuf_release(&b);
	first("");
}

static void
a_word_of_140_kB_is_one_word(void **state)
{
	size_t n = 140000;
	char *text = malloc(n + 1);

	(void)state;
	memset(text, 'A', n);
	text[n] = '\0';
	assert_int_equal(strlen(first(text)), n);
	first("");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_separates_words),
		cmocka_unit_test(a_semicolon_separates_commands),
		cmocka_unit_test(a_quoted_semicolon_does_not_separate),
		cmocka_unit_test(
		    quotes_keep_white_space_and_may_stand_inside_a_word),
		cmocka_unit_test(
		    a_backslash_takes_any_character_but_not_in_single_quotes),
		cmocka_unit_test(known_names_expand_except_in_single_quotes),
		cmocka_unit_test(
		    an_expanded_value_is_never_split_or_read_again),
		cmocka_unit_test(unknown_and_malformed_names_are_errors),
		cmocka_unit_test(no_name_is_known_without_a_function),
		cmocka_unit_test(the_argument_reaches_the_function),
		cmocka_unit_test(a_very_long_name_is_unknown),
		cmocka_unit_test(quotes_without_an_end_swallow_the_rest),
		cmocka_unit_test(a_backslash_at_the_end_is_an_error),
		cmocka_unit_test(control_characters_are_errors_quoted_or_not),
		cmocka_unit_test(invalid_utf8_is_an_error),
		cmocka_unit_test(an_error_leaves_the_words_before_it_alone),
		cmocka_unit_test(a_command_has_at_most_128_words),
		cmocka_unit_test(an_error_fits_the_room_that_it_gets),
		cmocka_unit_test(a_name_given_many_times_makes_no_endless_word),
		cmocka_unit_test(a_word_of_140_kB_is_one_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
