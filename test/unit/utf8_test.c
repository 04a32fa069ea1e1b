#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/utf8.h"
#include "lib/util.h"

static void
characters_of_every_length_are_known(void **state)
{
	(void)state;
	assert_int_equal(utf8_len("a"), 1);
	assert_int_equal(utf8_len("\x7f"), 1);
	assert_int_equal(utf8_len("\xc2\x80"), 2);
	assert_int_equal(utf8_len("\xe0\xa0\x80"), 3);
	assert_int_equal(utf8_len("\xed\x9f\xbf"), 3);
	assert_int_equal(utf8_len("\xef\xbf\xbf"), 3);
	assert_int_equal(utf8_len("\xf0\x90\x80\x80"), 4);
	assert_int_equal(utf8_len("\xf4\x8f\xbf\xbf"), 4);
}

static void
what_is_not_well_formed_is_none(void **state)
{
	static const char *const bad[] = {
		"", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2z",
		"\xe0\x9f\xbf", "\xe1\x80", "\xe1\x80z", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf1\x80\x80",
		"\xf1\x80\x80z", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xfe", "\xff",
	};
	size_t i;

	(void)state;
	for (i = 0; i < countof(bad); i++)
		if (utf8_len(bad[i]) != 0)
			fail_msg("sequence %zu is taken", i);
}

static void
every_code_point_comes_back_as_well_formed(void **state)
{
	unsigned long c;
	char s[5];
	size_t n;

	(void)state;
	for (c = 1; c <= 0x110000; c++) {
		n = utf8_put(s, c);
		if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff) {
			assert_int_equal(n, 0);
			continue;
		}
		s[n] = '\0';
		if (n == 0 || utf8_len(s) != n)
			fail_msg("U+%lX", c);
	}
	assert_int_equal(utf8_put(s, 0x20ac), 3);
	assert_memory_equal(s, "\xe2\x82\xac", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_length_are_known),
		cmocka_unit_test(what_is_not_well_formed_is_none),
		cmocka_unit_test(every_code_point_comes_back_as_well_formed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
