#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "init/backoff.h"

static void
the_pause_doubles_from_a_tenth_of_a_second_to_30(void **state)
{
	static const int want[] = {
		100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000,
		30000,
	};
	int last = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(*want); i++)
		assert_int_equal(backoff_next(&last, 9999), want[i]);
}

static void
ten_seconds_up_start_the_pauses_over(void **state)
{
	int last = 0;

	(void)state;
	assert_int_equal(backoff_next(&last, 0), 100);
	assert_int_equal(backoff_next(&last, 0), 200);
	assert_int_equal(backoff_next(&last, 10000), 100);
	assert_int_equal(backoff_next(&last, 0), 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_pause_doubles_from_a_tenth_of_a_second_to_30),
		cmocka_unit_test(ten_seconds_up_start_the_pauses_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
