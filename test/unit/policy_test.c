/* policy_test.c - the words of --allow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/policy.h"

static const char *bad;
static int len;

static void
words_add_up(void **state)
{
	unsigned allowed = 0;

	(void)state;
	assert_int_equal(policy_parse(&allowed, "host-route", &bad, &len), 0);
	assert_int_equal(allowed, POLICY_HOST_ROUTE);
	assert_int_equal(policy_parse(&allowed, "all,host-route", &bad, &len),
	    0);
	assert_int_equal(allowed, POLICY_ALL);
}

static void
a_word_that_is_none_is_named(void **state)
{
	static const char *const lists[][2] = {
		{ "nonsense", "nonsense" }, { "host-route,x", "x" },
		{ "host", "host" }, { "host-routes", "host-routes" },
		{ "", "" }, { "all,", "" }, { ",all", "" },
		{ "all, host-route", " host-route" }, { "ALL", "ALL" },
	};
	unsigned allowed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		allowed = 0;
		assert_int_equal(policy_parse(&allowed, lists[i][0], &bad,
		    &len), -1);
		assert_int_equal(len, strlen(lists[i][1]));
		assert_memory_equal(bad, lists[i][1], len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_add_up),
		cmocka_unit_test(a_word_that_is_none_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
