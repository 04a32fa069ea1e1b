/* json_quote_test.c - strings that are written as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/json.h"
#include "lib/strbuf.h"

static void
assert_quotes(const char *s, const char *want)
{
	struct strbuf b = STRBUF_INIT;

	json_quote(&b, s);
	assert_string_equal(b.s, want);
	assert_int_equal(b.len, strlen(want));
	strbuf_release(&b);
}

static void
what_would_end_a_string_is_escaped_in_it(void **state)
{
	(void)state;
	assert_quotes("", "\"\"");
	assert_quotes("eth0", "\"eth0\"");
	assert_quotes("a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_quotes("\x01\t\n\x1f\x7f",
	    "\"\\u0001\\u0009\\u000a\\u001f\x7f\"");
	assert_quotes("\xc3\xa9\xf0\x9f\x98\x80",
	    "\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

static void
bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
	(void)state;
	assert_quotes("a\xff\xc3", "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_quotes("\xed\xa0\x80",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	assert_quotes("\xc3\"", "\"\xef\xbf\xbd\\\"\"");
}

static void
what_was_quoted_reads_the_same(void **state)
{
	struct strbuf b = STRBUF_INIT, back = STRBUF_INIT;
	struct json j = { 0 };
	char s[256];
	int i;

	(void)state;
	for (i = 1; i < 128; i++)
		s[i - 1] = (char)i;
	s[127] = '\0';
	json_quote(&b, s);
	assert_int_equal(json_parse(&j, b.s, b.len), 0);
	assert_int_equal(json_str(&j, 0, &back), 0);
	assert_string_equal(back.s, s);
	json_release(&j);
	strbuf_release(&b);
	strbuf_release(&back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_would_end_a_string_is_escaped_in_it),
		cmocka_unit_test(
		    bytes_that_are_no_utf8_become_replacement_characters),
		cmocka_unit_test(what_was_quoted_reads_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
