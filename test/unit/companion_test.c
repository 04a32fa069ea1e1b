#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "init/companion.h"
#include "lib/util.h"

static void
malformed_targets_of_the_notifier_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ":", ":1", "host:", "host:0", "host:65536", "host:1x",
		"host:-1", "host: 1", "host:99999999999999999999", "-h", "-h:1",
		"a b", "a/b", "[::1", "::1]", "[::1]x", "[::1]:", "[]:1",
		"[[::1]]:1", "a\tb",
	};
	const char *why;
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i < countof(bad); i++)
		if (companion_notify(bad[i], &why) == 0)
			fail_msg("%s is taken", bad[i]);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(companion_notify(text, &why), -1);
}

static void
malformed_commands_are_refused_with_the_reason(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_int_equal(companion_with("", &why), -1);
	assert_string_equal(why, "a command");
	assert_int_equal(companion_with(" ; ", &why), -1);
	assert_string_equal(why, "a command");
	why = NULL;
	assert_int_equal(companion_with("true; 'no end", &why), -1);
	assert_non_null(why);
}

static void
sixteen_companions_fit_and_no_more(void **state)
{
	const char *why = NULL;
	int i;

	(void)state;
	/* "true" of the test before is one of them */
	for (i = 1; i < COMPANIONS_MAX - 1; i++)
		assert_int_equal(companion_with("true", &why), 0);
	assert_int_equal(companion_notify("host:1", &why), 0);
	assert_int_equal(companion_notify("host", &why), -1);
	assert_int_equal(companion_with("true", &why), -1);
	assert_string_equal(why, "no more than 16 companions");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_targets_of_the_notifier_are_refused),
		cmocka_unit_test(
		    malformed_commands_are_refused_with_the_reason),
		cmocka_unit_test(sixteen_companions_fit_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
