#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/strvec.h"

static void
strvec_ends_in_null_from_the_start(void **state)
{
	struct strvec a = STRVEC_INIT;

	(void)state;
	assert_int_equal(a.n, 0);
	assert_null(a.v[0]);
	strvec_truncate(&a, 0);
	strvec_release(&a);
	strvec_release(&a);	/* harmless */
}

static void
strvec_copies_what_it_is_given(void **state)
{
	struct strvec a = STRVEC_INIT;
	char word[] = "abc";

	(void)state;
	strvec_push(&a, word);
	word[0] = 'x';
	assert_string_equal(a.v[0], "abc");
	strvec_push_taken(&a, strdup("d"));
	assert_string_equal(a.v[1], "d");
	assert_null(a.v[2]);
	strvec_release(&a);
	assert_null(a.v[0]);
}

static void
strvec_ends_in_null_at_every_size(void **state)
{
	struct strvec a = STRVEC_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		strvec_push(&a, "x");
		assert_int_equal(a.n, i + 1);
		assert_null(a.v[a.n]);
	}
	strvec_truncate(&a, 3);
	assert_int_equal(a.n, 3);
	assert_null(a.v[3]);
	strvec_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strvec_ends_in_null_from_the_start),
		cmocka_unit_test(strvec_copies_what_it_is_given),
		cmocka_unit_test(strvec_ends_in_null_at_every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
