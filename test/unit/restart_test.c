#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "init/restart.h"
#include "lib/util.h"

static void
with_restart_no_nothing_is_started_again(void **state)
{
	int status;

	(void)state;
	for (status = 0; status < 256; status++)
		assert_false(restart_again(RESTART_NO, status));
}

static void
with_restart_always_everything_is(void **state)
{
	int status;

	(void)state;
	for (status = 0; status < 256; status++)
		assert_true(restart_again(RESTART_ALWAYS, status));
}

static void
on_failure_leaves_what_no_restart_would_mend(void **state)
{
	static const int final[] = { 0, 2, 75, 77, 78, 126, 127 };
	int status, again;
	size_t i = 0;

	(void)state;
	for (status = 0; status < 256; status++) {
		again = restart_again(RESTART_ON_FAILURE, status);
		if (i < countof(final) && status == final[i]) {
			assert_false(again);
			i++;
		} else {
			assert_true(again);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_restart_no_nothing_is_started_again),
		cmocka_unit_test(with_restart_always_everything_is),
		cmocka_unit_test(on_failure_leaves_what_no_restart_would_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
