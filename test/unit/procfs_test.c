#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "init/procfs.h"

static struct procfs fs;

static void
stat_is_read_whatever_the_name(void **state)
{
	struct proc p = { 0 };

	(void)state;
	assert_int_equal(procfs_stat(&p,
	    "42 (a) R 1 2 (b) c) S 7 8 9 0 -1 4194560 "
	    "1 2 3 4 5 6 7 8 20 0 1 0 123456789012 1 2 3\n"), 0);
	assert_int_equal(p.parent, 7);
	assert_int_equal(p.session, 9);
	assert_int_equal(p.start, 123456789012);
	assert_false(p.gone);
}

static void
a_zombie_is_gone_unless_threads_of_it_live(void **state)
{
	struct proc p = { 0 };

	(void)state;
	assert_int_equal(procfs_stat(&p, "42 (x) Z 7 8 9 0 -1 4194560 "
	    "1 2 3 4 5 6 7 8 20 0 1 0 5 1 2 3\n"), 0);
	assert_true(p.gone);
	assert_int_equal(procfs_stat(&p, "42 (x) Z 7 8 9 0 -1 4194560 "
	    "1 2 3 4 5 6 7 8 20 0 2 0 5 1 2 3\n"), 0);
	assert_false(p.gone);
}

static void
what_is_no_stat_is_refused(void **state)
{
	struct proc p = { 0 };

	(void)state;
	assert_int_equal(procfs_stat(&p, ""), -1);
	assert_int_equal(procfs_stat(&p, "42 (x)"), -1);
	assert_int_equal(procfs_stat(&p, "42 (x) S 7 8 9"), -1);
}

static void
the_number_in_our_namespace_is_found_in_status(void **state)
{
	static const char status[] = "Name:\tNSpid:\t9\nPid:\t4242\nPPid:\t1\n"
	    "NSpid:\t4242\t17\t1\nNSsid:\t0\t16\t1\n";

	(void)state;
	assert_int_equal(procfs_number(status, "Pid:", 0), 4242);
	assert_int_equal(procfs_number(status, "NSpid:", 0), 4242);
	assert_int_equal(procfs_number(status, "NSpid:", 1), 17);
	assert_int_equal(procfs_number(status, "NSpid:", 2), 1);
	assert_int_equal(procfs_number(status, "NSsid:", 1), 16);
	assert_int_equal(procfs_number(status, "NSpgid:", 0), -1);
	assert_int_equal(procfs_number("NSpid:\t42\t\n", "NSpid:", 1), -1);
	assert_int_equal(procfs_number("NSpid:", "NSpid:", 0), -1);
}

/* A child that waits to be killed. */
static pid_t
start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* How often a walk comes by pid; *p is filled then. */
static int
seen(pid_t pid, struct proc *p)
{
	struct proc q;
	int n = 0, rc;

	assert_int_equal(procfs_rewind(&fs), 0);
	while ((rc = procfs_next(&fs, &q)) > 0) {
		if (q.pid != pid)
			continue;
		*p = q;
		n++;
	}
	assert_int_equal(rc, 0);
	return n;
}

static void
a_walk_comes_by_a_child_once_and_never_by_ourselves(void **state)
{
	struct proc p = { 0 };
	pid_t pid = start_child();

	(void)state;
	assert_int_equal(procfs_open(&fs, "/proc"), 0);
	assert_int_equal(seen(pid, &p), 1);
	assert_int_equal(p.parent, fs.self);
	assert_int_equal(seen(getpid(), &p), 0);
	end_child(pid);
	assert_int_equal(seen(pid, &p), 0);
	procfs_close(&fs);
}

static void
a_walk_shows_a_zombie_as_gone(void **state)
{
	struct proc p = { 0 };
	siginfo_t si;
	pid_t pid = start_child();

	(void)state;
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
	assert_int_equal(procfs_open(&fs, "/proc"), 0);
	assert_int_equal(seen(pid, &p), 1);
	assert_true(p.gone);
	procfs_close(&fs);
	end_child(pid);
}

static void
a_process_is_held_but_not_another_of_its_number(void **state)
{
	struct proc p = { 0 };
	pid_t pid = start_child();
	int fd, wstatus;

	(void)state;
	assert_int_equal(procfs_open(&fs, "/proc"), 0);
	assert_int_equal(seen(pid, &p), 1);
	p.start++;
	assert_int_equal(procfs_hold(&fs, &p), -1);
	assert_int_equal(errno, ESRCH);
	p.start--;
	fd = procfs_hold(&fs, &p);
	assert_true(fd >= 0);
	assert_int_equal(procfs_signal(fd, SIGUSR1), 0);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(WTERMSIG(wstatus), SIGUSR1);
	assert_int_equal(procfs_signal(fd, SIGUSR1), -1);
	assert_int_equal(errno, ESRCH);
	close(fd);
	assert_int_equal(procfs_hold(&fs, &p), -1);
	procfs_close(&fs);
}

static void
parents_are_climbed_up_to_the_first_process(void **state)
{
	struct proc p = { 0 };
	pid_t pid = start_child();
	int n = 0;

	(void)state;
	assert_int_equal(procfs_open(&fs, "/proc"), 0);
	assert_int_equal(seen(pid, &p), 1);
	assert_int_equal(procfs_parent(&fs, &p), 0);
	assert_int_equal(p.pid, getpid());
	while (procfs_parent(&fs, &p) == 0)
		n++;
	assert_int_equal(p.parent, 0);
	assert_true(n < 100);
	procfs_close(&fs);
	end_child(pid);
}

static void
a_folder_that_is_no_proc_is_refused(void **state)
{
	(void)state;
	assert_int_equal(procfs_open(&fs, "/"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(fs.fd, -1);
	assert_int_equal(procfs_open(&fs, "/no/such/folder"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_is_read_whatever_the_name),
		cmocka_unit_test(a_zombie_is_gone_unless_threads_of_it_live),
		cmocka_unit_test(what_is_no_stat_is_refused),
		cmocka_unit_test(
		    the_number_in_our_namespace_is_found_in_status),
		cmocka_unit_test(
		    a_walk_comes_by_a_child_once_and_never_by_ourselves),
		cmocka_unit_test(a_walk_shows_a_zombie_as_gone),
		cmocka_unit_test(
		    a_process_is_held_but_not_another_of_its_number),
		cmocka_unit_test(parents_are_climbed_up_to_the_first_process),
		cmocka_unit_test(a_folder_that_is_no_proc_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
