#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/child.h"
#include "lib/loop.h"
#include "lib/sig.h"
#include "lib/spawn.h"

static int sigfd;
static struct watch signals;
static struct child child;
static int ended, started, err, status;

static void
on_signals(struct watch *w, short revents)
{
	int sig;

	(void)w;
	(void)revents;
	while ((sig = sig_next(sigfd)) > 0)
		if (sig == SIGCHLD)
			(void)child_reap();
}

static void
on_exited(struct child *c, int wstatus)
{
	assert_ptr_equal(c, &child);
	assert_int_equal(c->pid, 0);
	ended++;
	status = child_status(wstatus);
	loop_stop(0);
}

static void
on_started(struct child *c, int e)
{
	assert_ptr_equal(c, &child);
	assert_int_equal(ended, 0);	/* in this order */
	started++;
	err = e;
}

static int
setup(void **state)
{
	(void)state;
	if (!sigfd) {
		sigfd = sig_open();
		signals.fn = on_signals;
		loop_watch(&signals, sigfd, POLLIN);
	}
	memset(&child, 0, sizeof(child));
	child.exited = on_exited;
	child.started = on_started;
	ended = started = err = status = 0;
	return 0;
}

static void
a_child_tells_how_it_ended(void **state)
{
	char *argv[] = { "sh", "-c", "exit 7", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_start(&child, &s, 0), 0);
	assert_true(child.pid > 0);
	loop_run();
	assert_int_equal(ended, 1);
	assert_int_equal(status, 7);
	assert_int_equal(started, 0);	/* that is for child_launch() */
}

static void
a_child_that_a_signal_ended_gives_128_and_the_signal(void **state)
{
	char *argv[] = { "sleep", "100", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_start(&child, &s, 0), 0);
	child_kill(&child, SIGUSR2);
	loop_run();
	assert_int_equal(status, 128 + SIGUSR2);
	child_kill(&child, SIGUSR2);	/* harmless */
}

static void
a_child_is_stopped_when_its_time_is_up(void **state)
{
	char *argv[] = { "sleep", "100", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_start(&child, &s, 50), 0);
	loop_run();
	assert_int_equal(status, 128 + SIGTERM);
	assert_true(child.overran);
}

static void
a_child_that_ignores_term_is_killed_with_its_group(void **state)
{
	char *argv[] = { "sh", "-c", "trap '' TERM; sleep 100 & wait", NULL };
	struct spawn s = SPAWN_INIT;
	int64_t start = loop_now();
	pid_t group;

	(void)state;
	s.argv = argv;
	s.setpgid = 1;
	assert_int_equal(child_start(&child, &s, 200), 0);
	group = child.pid;
	loop_run();
	assert_int_equal(status, 128 + SIGKILL);
	assert_true(loop_now() - start >= 200 + CHILD_GRACE_MS);
	/* dead, but it may be an unreaped orphan for a moment */
	while (kill(-group, 0) == 0)
		(void)child_reap();
}

static void
a_launched_child_tells_that_it_runs_and_ends(void **state)
{
	char *argv[] = { "true", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_launch(&child, &s, 0), 0);
	loop_run();
	assert_int_equal(started, 1);
	assert_int_equal(err, 0);
	assert_int_equal(status, 0);
}

static void
a_launched_child_tells_why_it_cannot_be_executed(void **state)
{
	char *argv[] = { "/nonexistent", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_launch(&child, &s, 0), 0);
	loop_run();
	assert_int_equal(started, 1);
	assert_int_equal(err, ENOENT);
	assert_int_equal(ended, 1);
	assert_int_equal(status, 127);
}

/* Reaped before the loop saw that the exec is over. */
static void
the_order_holds_when_the_end_is_seen_first(void **state)
{
	char *argv[] = { "/nonexistent", NULL };
	struct spawn s = SPAWN_INIT;
	siginfo_t si;

	(void)state;
	s.argv = argv;
	assert_int_equal(child_launch(&child, &s, 0), 0);
	assert_int_equal(waitid(P_PID, (id_t)child.pid, &si,
	    WEXITED | WNOWAIT), 0);
	assert_int_equal(child_reap(), 0);
	assert_int_equal(err, ENOENT);
	assert_int_equal(ended, 1);
}

static int
hang(void *arg)
{
	(void)arg;
	pause();
	return 0;
}

static void
a_launched_child_that_hangs_before_its_exec_can_be_killed(void **state)
{
	char *argv[] = { "true", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	s.setup = hang;
	s.setsid = 1;
	assert_int_equal(child_launch(&child, &s, 0), 0);
	child_kill(&child, SIGKILL);	/* its group may not be there yet */
	loop_run();
	assert_int_equal(ended, 1);
	assert_int_equal(status, 128 + SIGKILL);
}

static void
orphans_are_reaped_and_nothing_else(void **state)
{
	pid_t pid = fork();
	siginfo_t si;

	(void)state;
	if (pid == 0)
		_exit(9);
	assert_int_equal(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
	assert_int_equal(child_reap(), 0);
	assert_int_equal(ended, 0);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
}

static void
reaping_tells_whether_children_are_left(void **state)
{
	char *argv[] = { "sleep", "100", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	assert_int_equal(child_reap(), 0);
	s.argv = argv;
	assert_int_equal(child_start(&child, &s, 0), 0);
	assert_int_equal(child_reap(), 1);
	child_kill(&child, SIGKILL);
	loop_run();
	assert_int_equal(child_reap(), 0);
}

static int rounds;

static void
run_again(struct child *c, int wstatus)
{
	char *argv[] = { "true", NULL };
	struct spawn s = SPAWN_INIT;

	(void)wstatus;
	s.argv = argv;
	if (++rounds < 3)
		assert_int_equal(child_start(c, &s, 0), 0);
	else
		loop_stop(0);
}

static void
a_child_may_be_started_again_when_it_has_ended(void **state)
{
	(void)state;
	child.exited = run_again;
	rounds = -1;
	run_again(&child, 0);
	loop_run();
	assert_int_equal(rounds, 3);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_tells_how_it_ended),
		TEST(a_child_that_a_signal_ended_gives_128_and_the_signal),
		TEST(a_child_is_stopped_when_its_time_is_up),
		TEST(a_child_that_ignores_term_is_killed_with_its_group),
		TEST(a_launched_child_tells_that_it_runs_and_ends),
		TEST(a_launched_child_tells_why_it_cannot_be_executed),
		TEST(the_order_holds_when_the_end_is_seen_first),
		TEST(a_launched_child_that_hangs_before_its_exec_can_be_killed),
		TEST(orphans_are_reaped_and_nothing_else),
		TEST(reaping_tells_whether_children_are_left),
		TEST(a_child_may_be_started_again_when_it_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
