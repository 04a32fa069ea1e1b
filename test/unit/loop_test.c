#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <poll.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/loop.h"

static int fired[8], nfired;
static struct timer tm[3];

static void
fire(struct timer *t)
{
	fired[nfired++] = (int)(t - tm);
	if (nfired == 3)
		loop_stop(7);
}

static int
setup(void **state)
{
	int i;

	(void)state;
	nfired = 0;
	for (i = 0; i < 3; i++)
		tm[i].fn = fire;
	return 0;
}

static void
timers_fire_in_the_order_of_their_deadlines(void **state)
{
	(void)state;
	loop_timer(&tm[0], 30);
	loop_timer(&tm[1], 10);
	loop_timer(&tm[2], 20);
	assert_int_equal(loop_run(), 7);
	assert_int_equal(fired[0], 1);
	assert_int_equal(fired[1], 2);
	assert_int_equal(fired[2], 0);
}

static void
a_timer_that_is_armed_again_fires_once(void **state)
{
	(void)state;
	loop_timer(&tm[0], 1);
	loop_timer(&tm[1], 10);
	loop_timer(&tm[2], 30);
	loop_timer(&tm[0], 20);
	assert_int_equal(loop_run(), 7);
	assert_int_equal(fired[0], 1);
	assert_int_equal(fired[1], 0);
	assert_int_equal(fired[2], 2);
}

static void
stop_now(struct timer *t)
{
	loop_untimer(&tm[0]);
	loop_untimer(t);	/* not armed: harmless */
	loop_stop(3);
}

static void
a_timer_may_disarm_another_that_is_due(void **state)
{
	struct timer t = { .fn = stop_now };

	(void)state;
	loop_timer(&t, 0);
	loop_timer(&tm[0], 0);
	assert_int_equal(loop_run(), 3);
	assert_int_equal(nfired, 0);
	assert_false(tm[0].armed);
}

static void
a_timer_waits_at_least_its_time(void **state)
{
	int64_t start = loop_now();
	struct timer t = { .fn = stop_now };

	(void)state;
	loop_timer(&t, 50);
	loop_run();
	assert_true(loop_now() - start >= 50);
	assert_true(loop_now() - start < 1000);
}

static struct watch wa, wb;
static int calls, pipefd[2];

static void
delete_both(struct watch *w, short revents)
{
	(void)w;
	assert_true(revents & POLLIN);
	calls++;
	loop_unwatch(&wa);
	loop_unwatch(&wb);
	loop_stop(0);
}

static void
ready_pipe(void)
{
	calls = 0;
	assert_int_equal(pipe(pipefd), 0);
	assert_int_equal(write(pipefd[1], "x", 1), 1);
}

static void
close_pipe(void)
{
	close(pipefd[0]);
	close(pipefd[1]);
}

static void
a_watch_may_delete_another_that_is_ready(void **state)
{
	(void)state;
	ready_pipe();
	wa.fn = wb.fn = delete_both;
	loop_watch(&wa, pipefd[0], POLLIN);
	loop_watch(&wb, pipefd[0], POLLIN);
	assert_int_equal(loop_run(), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(wa.place, 0);
	assert_int_equal(wb.place, 0);
	close_pipe();
}

static struct watch many[500];	/* more than twice what there is room for */

static void
count_up(struct watch *w, short revents)
{
	(void)revents;
	loop_unwatch(w);
	if (++calls == 500)
		loop_stop(0);
}

static void
many_watches_grow_the_array(void **state)
{
	int i;

	(void)state;
	ready_pipe();
	for (i = 0; i < 500; i++) {
		many[i].fn = count_up;
		loop_watch(&many[i], pipefd[0], POLLIN);
	}
	assert_int_equal(loop_run(), 0);
	assert_int_equal(calls, 500);
	close_pipe();
}

static void
add_another(struct watch *w, short revents)
{
	(void)revents;
	loop_unwatch(w);
	wb.fn = delete_both;
	loop_watch(&wb, pipefd[0], POLLIN);
	assert_int_equal(calls, 0);
}

static void
a_watch_that_is_added_meanwhile_is_called_too(void **state)
{
	(void)state;
	ready_pipe();
	wa.fn = add_another;
	loop_watch(&wa, pipefd[0], POLLIN);
	assert_int_equal(loop_run(), 0);
	assert_int_equal(calls, 1);
	close_pipe();
}

/* Both watches are ready; the first moves them to a pipe that is not. */
static void
move_both(struct watch *w, short revents)
{
	int other[2];

	(void)w;
	(void)revents;
	assert_int_equal(pipe(other), 0);
	close(pipefd[0]);
	close(pipefd[1]);
	pipefd[0] = other[0];
	pipefd[1] = other[1];
	wa.fn = delete_both;
	loop_watch(&wa, pipefd[0], POLLIN);
	loop_watch(&wb, pipefd[0], POLLIN);
}

static int fed;

static void
feed(struct timer *t)
{
	(void)t;
	fed = 1;
	assert_int_equal(calls, 0);	/* till now */
	assert_int_equal(write(pipefd[1], "x", 1), 1);
}

static void
a_moved_watch_waits_for_its_new_descriptor(void **state)
{
	struct timer t = { .fn = feed };

	(void)state;
	ready_pipe();
	wa.fn = move_both;
	wb.fn = delete_both;
	loop_watch(&wa, pipefd[0], POLLIN);
	loop_watch(&wb, pipefd[0], POLLIN);
	loop_timer(&t, 30);
	assert_int_equal(loop_run(), 0);
	assert_true(fed);
	assert_int_equal(calls, 1);
	close_pipe();
}

static void
count_alone(struct watch *w)
{
	(void)w;
	assert_true(++calls <= 3);
	if (calls == 1)
		loop_watch(&wb, pipefd[0], POLLIN);
	else
		loop_timer(&tm[1], 0);
}

static void
count_both(struct watch *w, short revents)
{
	(void)revents;
	assert_ptr_equal(w, &wb);
	assert_int_equal(calls++, 1);
	loop_unwatch(&wb);
}

/* First it is alone, then there is another, then it is alone again until there
 * is a timer. */
static void
a_watch_waits_for_itself_only_while_it_is_alone(void **state)
{
	int quiet[2];

	(void)state;
	ready_pipe();
	assert_int_equal(pipe(quiet), 0);
	wa.fn = wb.fn = count_both;
	tm[1].fn = stop_now;
	wa.alone = count_alone;
	loop_watch(&wa, quiet[0], POLLIN);
	assert_int_equal(loop_run(), 3);
	assert_int_equal(calls, 3);
	loop_unwatch(&wa);
	wa.alone = NULL;
	close(quiet[0]);
	close(quiet[1]);
	close_pipe();
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_fire_in_the_order_of_their_deadlines),
		TEST(a_timer_that_is_armed_again_fires_once),
		TEST(a_timer_may_disarm_another_that_is_due),
		TEST(a_timer_waits_at_least_its_time),
		TEST(a_watch_may_delete_another_that_is_ready),
		TEST(many_watches_grow_the_array),
		TEST(a_watch_that_is_added_meanwhile_is_called_too),
		TEST(a_moved_watch_waits_for_its_new_descriptor),
		TEST(a_watch_waits_for_itself_only_while_it_is_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
