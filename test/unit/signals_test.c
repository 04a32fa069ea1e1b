#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "init/signals.h"
#include "lib/util.h"

static void
signals_are_passed_on_as_they_are(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_act(&s, SIGHUP, &as), SIGNALS_FORWARD);
	assert_int_equal(as, SIGHUP);
	assert_int_equal(signals_act(&s, SIG_MAX, &as), SIGNALS_FORWARD);
	assert_int_equal(as, SIG_MAX);
}

static void
term_int_and_quit_mean_stop_at_first(void **state)
{
	static const int stop[] = { SIGTERM, SIGINT, SIGQUIT };
	struct signals s = SIGNALS_INIT;
	size_t i;
	int as;

	(void)state;
	for (i = 0; i < countof(stop); i++) {
		assert_int_equal(signals_act(&s, stop[i], &as), SIGNALS_STOP);
		assert_int_equal(as, stop[i]);
	}
}

static void
chld_is_never_passed_on(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_act(&s, SIGCHLD, &as), SIGNALS_REAP);
	assert_int_equal(signals_rewrite(&s, "CHLD:TERM"), -1);
	assert_int_equal(signals_stop(&s, "CHLD"), -1);
}

static void
what_is_no_signal_is_dropped(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_act(&s, 0, &as), SIGNALS_DROP);
	assert_int_equal(signals_act(&s, -1, &as), SIGNALS_DROP);
	assert_int_equal(signals_act(&s, SIG_MAX + 1, &as), SIGNALS_DROP);
}

static void
a_list_of_rewrites_is_taken_by_name_and_number(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_rewrite(&s, "SIGTERM:QUIT,1:sigrtmin+3"), 0);
	assert_int_equal(signals_act(&s, SIGTERM, &as), SIGNALS_STOP);
	assert_int_equal(as, SIGQUIT);
	assert_int_equal(signals_act(&s, SIGHUP, &as), SIGNALS_FORWARD);
	assert_int_equal(as, 37);
}

static void
a_signal_may_become_one_that_cannot_be_caught(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_rewrite(&s, "TERM:KILL,TSTP:STOP"), 0);
	assert_int_equal(signals_act(&s, SIGTSTP, &as), SIGNALS_FORWARD);
	assert_int_equal(as, SIGSTOP);
	assert_int_equal(signals_rewrite(&s, "KILL:TERM"), -1);
	assert_int_equal(signals_rewrite(&s, "STOP:TERM"), -1);
}

static void
a_signal_rewritten_to_0_is_dropped_though_it_meant_stop(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_rewrite(&s, "TERM:0"), 0);
	assert_int_equal(signals_act(&s, SIGTERM, &as), SIGNALS_DROP);
	assert_int_equal(signals_rewrite(&s, "TERM:TERM"), 0);
	assert_int_equal(signals_act(&s, SIGTERM, &as), SIGNALS_STOP);
}

static void
a_list_of_stop_signals_replaces_the_first_one(void **state)
{
	struct signals s = SIGNALS_INIT;
	int as;

	(void)state;
	assert_int_equal(signals_stop(&s, "USR1,RTMIN+3"), 0);
	assert_int_equal(signals_act(&s, SIGTERM, &as), SIGNALS_FORWARD);
	assert_int_equal(signals_act(&s, SIGUSR1, &as), SIGNALS_STOP);
	assert_int_equal(signals_act(&s, 37, &as), SIGNALS_STOP);
}

static void
malformed_lists_are_refused(void **state)
{
	static const char *const rewrites[] = {
		"", ":", "TERM", "TERM:", ":TERM", "TERM:INT,", ",TERM:INT",
		"TERM:INT:HUP", "TERM:65", "TERM:-1", "TERM: INT", "SEGV:TERM",
		"TERM:00", "0:TERM", "XTERM:INT",
		"TERMTERMTERMTERMTERMTERMTERMTERMTERM:INT",
	};
	static const char *const stops[] = {
		"", ",", "TERM,", "KILL", "STOP", "ABRT", "TERM INT", "0", "65",
	};
	struct signals s = SIGNALS_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < countof(rewrites); i++)
		if (signals_rewrite(&s, rewrites[i]) == 0)
			fail_msg("rewrite %s is taken", rewrites[i]);
	for (i = 0; i < countof(stops); i++)
		if (signals_stop(&s, stops[i]) == 0)
			fail_msg("stop %s is taken", stops[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_passed_on_as_they_are),
		cmocka_unit_test(term_int_and_quit_mean_stop_at_first),
		cmocka_unit_test(chld_is_never_passed_on),
		cmocka_unit_test(what_is_no_signal_is_dropped),
		cmocka_unit_test(
		    a_list_of_rewrites_is_taken_by_name_and_number),
		cmocka_unit_test(a_signal_may_become_one_that_cannot_be_caught),
		cmocka_unit_test(
		    a_signal_rewritten_to_0_is_dropped_though_it_meant_stop),
		cmocka_unit_test(a_list_of_stop_signals_replaces_the_first_one),
		cmocka_unit_test(malformed_lists_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
