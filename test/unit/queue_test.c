/* queue_test.c - order within a key, parallel over keys, bounds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/queue.h"

static struct queue q;

/* Nothing runs, nothing waits, no lane is left behind. */
static void
assert_empty(void)
{
	size_t i;

	assert_int_equal(q.running, 0);
	assert_null(q.ready);
	for (i = 0; i < QUEUE_LANES; i++)
		assert_null(q.bucket[i]);
}

static int
leave(void **state)
{
	(void)state;
	queue_release(&q);
	assert_null(q.ready);
	return 0;
}

static void
items_of_one_key_run_one_after_another(void **state)
{
	struct queue_item a[3] = { { .key = "x" }, { .key = "x" },
		{ .key = "x" } };
	size_t i;

	(void)state;
	queue_init(&q, 8);
	for (i = 0; i < 3; i++)
		assert_int_equal(queue_push(&q, &a[i]), 0);
	for (i = 0; i < 3; i++) {
		assert_ptr_equal(queue_next(&q), &a[i]);
		assert_null(queue_next(&q));
		queue_done(&q, &a[i]);
	}
	assert_empty();
}

static void
items_of_different_keys_run_side_by_side(void **state)
{
	struct queue_item a = { .key = "a" }, b = { .key = "b" },
	    b2 = { .key = "b" };

	(void)state;
	queue_init(&q, 8);
	queue_push(&q, &b);
	queue_push(&q, &b2);
	queue_push(&q, &a);
	assert_ptr_equal(queue_next(&q), &b);
	assert_ptr_equal(queue_next(&q), &a);	/* does not wait for b */
	assert_null(queue_next(&q));
	queue_done(&q, &b);
	assert_ptr_equal(queue_next(&q), &b2);
	queue_done(&q, &a);
	queue_done(&q, &b2);
	assert_empty();
}

static void
no_more_than_the_limit_run_at_once(void **state)
{
	struct queue_item a[4] = { { .key = "a" }, { .key = "b" },
		{ .key = "c" }, { .key = "d" } };
	size_t i;

	(void)state;
	queue_init(&q, 2);
	for (i = 0; i < 4; i++)
		queue_push(&q, &a[i]);
	assert_ptr_equal(queue_next(&q), &a[0]);
	assert_ptr_equal(queue_next(&q), &a[1]);
	assert_null(queue_next(&q));
	queue_done(&q, &a[1]);
	assert_ptr_equal(queue_next(&q), &a[2]);
	assert_null(queue_next(&q));
	queue_done(&q, &a[0]);
	queue_done(&q, &a[2]);
	assert_ptr_equal(queue_next(&q), &a[3]);
	queue_done(&q, &a[3]);
	assert_empty();
}

/* A container that starts again and again must not keep others waiting. */
static void
a_busy_key_goes_behind_those_that_wait(void **state)
{
	struct queue_item a = { .key = "a" }, a2 = { .key = "a" },
	    b = { .key = "b" };

	(void)state;
	queue_init(&q, 1);
	queue_push(&q, &a);
	queue_push(&q, &a2);
	queue_push(&q, &b);
	assert_ptr_equal(queue_next(&q), &a);
	queue_done(&q, &a);
	assert_ptr_equal(queue_next(&q), &b);
	queue_done(&q, &b);
	assert_ptr_equal(queue_next(&q), &a2);
	queue_done(&q, &a2);
	assert_empty();
}

static void
an_item_pushed_while_its_key_runs_waits(void **state)
{
	struct queue_item a = { .key = "a" }, a2 = { .key = "a" };

	(void)state;
	queue_init(&q, 8);
	queue_push(&q, &a);
	assert_ptr_equal(queue_next(&q), &a);
	queue_push(&q, &a2);
	assert_null(queue_next(&q));
	queue_done(&q, &a);
	assert_ptr_equal(queue_next(&q), &a2);
	queue_done(&q, &a2);
	assert_empty();
}

static void
one_key_can_hold_only_so_much(void **state)
{
	static struct queue_item a[QUEUE_DEPTH + 1];
	struct queue_item other = { .key = "b" };
	size_t i;

	(void)state;
	queue_init(&q, 8);
	for (i = 0; i <= QUEUE_DEPTH; i++) {
		a[i].key = "a";
		errno = 0;
		assert_int_equal(queue_push(&q, &a[i]),
		    i < QUEUE_DEPTH ? 0 : -1);
	}
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(queue_push(&q, &other), 0);	/* others go on */
	assert_ptr_equal(queue_next(&q), &a[0]);
	assert_int_equal(queue_push(&q, &a[QUEUE_DEPTH]), 0);	/* room again */
}

static void
many_keys_leave_nothing_behind(void **state)
{
	enum { N = 5000 };
	static struct queue_item a[N];
	static char key[N][16];
	struct queue_item *it;
	size_t i, done = 0;

	(void)state;
	queue_init(&q, 3);
	for (i = 0; i < N; i++) {
		snprintf(key[i], sizeof(key[i]), "k%zu", i % 1700);
		a[i].key = key[i];
		queue_push(&q, &a[i]);
	}
	while ((it = queue_next(&q))) {
		queue_done(&q, it);
		done++;
	}
	assert_int_equal(done, N);
	assert_empty();
}

static void
the_key_of_a_lane_outlives_the_item_that_made_it(void **state)
{
	struct queue_item *a = calloc(1, sizeof(*a)), b = { 0 };
	char *key = strdup("a"), *again = strdup("a");

	(void)state;
	queue_init(&q, 1);
	a->key = key;
	queue_push(&q, a);
	assert_ptr_equal(queue_next(&q), a);
	b.key = again;
	queue_push(&q, &b);
	queue_done(&q, a);
	free(a);
	free(key);
	assert_ptr_equal(queue_next(&q), &b);
	queue_done(&q, &b);
	free(again);
	assert_empty();
}

#define TEST(f) cmocka_unit_test_teardown(f, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(items_of_one_key_run_one_after_another),
		TEST(items_of_different_keys_run_side_by_side),
		TEST(no_more_than_the_limit_run_at_once),
		TEST(a_busy_key_goes_behind_those_that_wait),
		TEST(an_item_pushed_while_its_key_runs_waits),
		TEST(one_key_can_hold_only_so_much),
		TEST(many_keys_leave_nothing_behind),
		TEST(the_key_of_a_lane_outlives_the_item_that_made_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
