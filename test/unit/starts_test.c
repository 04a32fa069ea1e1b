/* starts_test.c - which starts are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "handlers/starts.h"

static struct starts s;

static int
leave(void **state)
{
	(void)state;
	starts_release(&s);
	assert_int_equal(s.n, 0);
	return 0;
}

static void
the_same_start_is_new_only_once(void **state)
{
	(void)state;
	assert_int_equal(starts_add(&s, "a", "t1"), 1);
	assert_int_equal(starts_add(&s, "a", "t1"), 0);
	assert_int_equal(s.n, 1);
}

static void
the_next_start_of_a_container_is_new(void **state)
{
	(void)state;
	assert_int_equal(starts_add(&s, "a", "t1"), 1);
	assert_int_equal(starts_add(&s, "a", "t2"), 1);
	assert_int_equal(starts_add(&s, "a", "t2"), 0);
	assert_int_equal(s.n, 1);	/* a restart takes no more memory */
}

static void
two_containers_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(starts_add(&s, "a", "t"), 1);
	assert_int_equal(starts_add(&s, "b", "t"), 1);
	assert_int_equal(starts_add(&s, "", "t"), 1);
	assert_int_equal(starts_add(&s, "a", "t"), 0);
}

static void
a_container_that_is_gone_is_forgotten(void **state)
{
	(void)state;
	starts_add(&s, "a", "t");
	starts_forget(&s, "b");		/* nobody knows it: harmless */
	starts_forget(&s, "a");
	assert_int_equal(s.n, 0);
	starts_forget(&s, "a");
	assert_int_equal(starts_add(&s, "a", "t"), 1);
}

static void
thousands_are_known_at_once(void **state)
{
	char id[16];
	int i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(starts_add(&s, id, "t"), 1);
	}
	for (i = 0; i < 5000; i += 2) {
		snprintf(id, sizeof(id), "%d", i);
		starts_forget(&s, id);
	}
	assert_int_equal(s.n, 2500);
	for (i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_int_equal(starts_add(&s, id, "t"), i % 2 == 0);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_start_is_new_only_once),
		TEST(the_next_start_of_a_container_is_new),
		TEST(two_containers_are_told_apart),
		TEST(a_container_that_is_gone_is_forgotten),
		TEST(thousands_are_known_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
