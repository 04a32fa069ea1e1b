#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/sig.h"

static void
names_and_numbers_are_understood(void **state)
{
	(void)state;
	assert_int_equal(sig_number("TERM"), SIGTERM);
	assert_int_equal(sig_number("SIGTERM"), SIGTERM);
	assert_int_equal(sig_number("sigterm"), SIGTERM);
	assert_int_equal(sig_number("9"), SIGKILL);
	assert_int_equal(sig_number("CLD"), SIGCHLD);
	assert_int_equal(sig_number("64"), 64);
}

static void
real_time_signals_count_from_34_as_engines_do(void **state)
{
	(void)state;
	assert_int_equal(sig_number("RTMIN"), 34);
	assert_int_equal(sig_number("SIGRTMIN+3"), 37);
	assert_int_equal(sig_number("RTMIN+30"), 64);
	assert_int_equal(sig_number("RTMAX"), 64);
	assert_int_equal(sig_number("rtmax-1"), 63);
	assert_int_equal(sig_number("RTMAX-30"), 34);
}

static void
what_is_no_signal_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "SIG", "0", "65", "-1", "+1", "1x", " 1", "TERMS", "NOPE",
		"RTMIN+31", "RTMIN+", "RTMIN-1", "RTMAX-31", "RTMAX+1",
		"RTMIN+-1", "99999999999999999999",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (sig_number(bad[i]) != -1)
			fail_msg("\"%s\" is %d", bad[i], sig_number(bad[i]));
}

static void
every_signal_has_a_name_that_means_it(void **state)
{
	int sig;

	(void)state;
	for (sig = 1; sig <= SIG_MAX; sig++)
		assert_int_equal(sig_number(sig_name(sig)), sig);
	assert_string_equal(sig_name(37), "RTMIN+3");
	assert_string_equal(sig_name(SIGABRT), "ABRT");
}

static void
what_tells_of_a_bug_and_what_cannot_be_caught_is_not_taken(void **state)
{
	static const int no[] = {
		0, -1, 65, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGABRT, SIGTRAP, SIGSYS,
	};
	size_t i;
	int sig, n = 0;

	(void)state;
	for (i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(sig_can_take(no[i]));
	for (sig = 1; sig <= SIG_MAX; sig++)
		n += sig_can_take(sig);
	assert_int_equal(n, SIG_MAX - 9);
}

/* A child sends sig to us: our own are not reported. */
static void
send(int sig)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(kill(getppid(), sig));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
signals_are_read_one_by_one(void **state)
{
	int fd = sig_open(), sig, got[3] = { 0 };

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(sig_next(fd), 0);
	send(SIGTERM);
	send(64);
	while ((sig = sig_next(fd)) > 0)
		got[sig == SIGTERM ? 0 : sig == 64 ? 1 : 2]++;
	assert_int_equal(sig, 0);
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], 1);
	close(fd);
	assert_int_equal(sig_next(fd), -1);
}

static void
what_tells_of_a_bug_is_taken_where_asked_for(void **state)
{
	static const int sent[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE,
	    SIGSEGV, SIGSYS };
	int fd = sig_open(), sum = 0;
	size_t i;

	(void)state;
	assert_int_equal(sig_open_all(fd), 0);
	while (sig_next(fd) > 0)
		;
	for (i = 0; i < sizeof(sent) / sizeof(*sent); i++) {
		sum += sent[i];
		assert_int_equal(kill(getpid(), sent[i]), 0);
	}
	for (i = 0; i < sizeof(sent) / sizeof(*sent); i++)
		sum -= sig_next(fd);
	assert_int_equal(sum, 0);
	assert_int_equal(sig_next(fd), 0);
	close(fd);
	close(sig_open());		/* as ever for the next test */
}

static void
signals_are_waited_for_one_by_one(void **state)
{
	int fd = sig_open();

	(void)state;
	assert_true(fd >= 0);
	while (sig_next(fd) > 0)	/* of children that have ended */
		;
	assert_int_equal(kill(getpid(), SIG_RTMIN), 0);
	assert_int_equal(sig_wait(), SIG_RTMIN);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(kill(getpid(), 64), 0);
	assert_int_equal(sig_wait(), SIGTERM);
	assert_int_equal(sig_wait(), 64);
	assert_int_equal(sig_next(fd), 0);
	close(fd);
}

static void
a_write_to_a_closed_pipe_is_no_signal_from_outside(void **state)
{
	int fd = sig_open(), p[2];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pipe(p), 0);
	close(p[0]);
	assert_int_equal(write(p[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(sig_next(fd), 0);
	assert_int_equal(write(p[1], "x", 1), -1);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(sig_wait(), SIGTERM);
	close(p[1]);
	close(fd);
}

static void
an_ignored_chld_does_not_hide_the_end_of_children(void **state)
{
	int fd, wstatus;
	pid_t pid;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	fd = sig_open();
	pid = fork();
	if (pid == 0)
		_exit(7);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(WEXITSTATUS(wstatus), 7);
	sig_default();
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_IGN);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers_are_understood),
		cmocka_unit_test(real_time_signals_count_from_34_as_engines_do),
		cmocka_unit_test(what_is_no_signal_is_refused),
		cmocka_unit_test(every_signal_has_a_name_that_means_it),
		cmocka_unit_test(
		    what_tells_of_a_bug_and_what_cannot_be_caught_is_not_taken),
		cmocka_unit_test(signals_are_read_one_by_one),
		cmocka_unit_test(what_tells_of_a_bug_is_taken_where_asked_for),
		cmocka_unit_test(signals_are_waited_for_one_by_one),
		cmocka_unit_test(
		    a_write_to_a_closed_pipe_is_no_signal_from_outside),
		cmocka_unit_test(
		    an_ignored_chld_does_not_hide_the_end_of_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
