#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/io.h"
#include "lib/sig.h"
#include "lib/spawn.h"

/* Run s with standard output in got; its wstatus. */
static int
output(struct spawn *s, char *got, size_t size)
{
	int p[2], wstatus;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	s->fd[1] = p[1];
	pid = spawn(s);
	assert_true(pid > 0);
	close(p[1]);
	n = io_read(p[0], got, size - 1);
	assert_true(n >= 0);
	got[n] = '\0';
	close(p[0]);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	return wstatus;
}

static void
spawn_reports_the_errno_of_a_failed_exec(void **state)
{
	char *argv[] = { "/nonexistent/prog", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	assert_int_equal(spawn(&s), -1);
	assert_int_equal(errno, ENOENT);
	argv[0] = "/etc";
	assert_int_equal(spawn(&s), -1);
	assert_int_equal(errno, EACCES);
	/* and no child is left */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
spawn_reports_the_errno_of_a_folder_that_is_not_there(void **state)
{
	char *argv[] = { "true", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	s.dir = "/nonexistent";
	assert_int_equal(spawn(&s), -1);
	assert_int_equal(errno, ENOENT);
}

static void
spawn_swaps_descriptors_into_place(void **state)
{
	char *argv[] = { "sh", "-c", "echo out; echo err >&2", NULL };
	struct spawn s = SPAWN_INIT;
	char got[64];
	int p[2], wstatus;
	pid_t pid;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	s.argv = argv;
	s.fd[0] = -1;
	s.fd[1] = -1;
	s.fd[2] = p[1];
	pid = spawn(&s);
	close(p[1]);
	n = io_read(p[0], got, sizeof(got));
	assert_int_equal(n, 4);
	assert_memory_equal(got, "err\n", 4);
	close(p[0]);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(wstatus, 0);
}

static void
the_child_gets_folder_environment_and_session(void **state)
{
	char *argv[] = { "sh", "-c", "pwd; echo $A; "
	    "[ $(ps -o sid= -p $$) = $$ ] && echo leads", NULL };
	char *envp[] = { "A=b", "PATH=/usr/bin:/bin", NULL };
	struct spawn s = SPAWN_INIT;
	char got[64];

	(void)state;
	s.argv = argv;
	s.envp = envp;
	s.dir = "/usr";
	s.setsid = 1;
	assert_int_equal(output(&s, got, sizeof(got)), 0);
	assert_string_equal(got, "/usr\nb\nleads\n");
}

static void
the_process_group_is_there_when_spawn_start_returns(void **state)
{
	char *argv[] = { "sleep", "100", NULL };
	struct spawn s = SPAWN_INIT;
	int errfd;
	pid_t pid;

	(void)state;
	s.argv = argv;
	s.setpgid = 1;
	pid = spawn_start(&s, &errfd);
	assert_true(pid > 0);
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(kill(-pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(spawn_error(errfd), 0);
}

static void
only_a_sealed_child_loses_the_other_descriptors(void **state)
{
	char *argv[] = { "sh", "-c", "[ -e /proc/$$/fd/100 ] && echo has",
	    NULL };
	struct spawn s = SPAWN_INIT;
	char got[64];

	(void)state;
	assert_int_equal(dup2(0, 100), 100);
	s.argv = argv;
	(void)output(&s, got, sizeof(got));
	assert_string_equal(got, "has\n");
	s.sealed = 1;
	(void)output(&s, got, sizeof(got));
	assert_string_equal(got, "");
	close(100);
}

static int
say_7(void *arg)
{
	return write(1, arg, 4) == 4 ? 7 : 1;
}

static void
a_function_of_ours_can_be_the_child(void **state)
{
	struct spawn s = SPAWN_INIT;
	char got[64];
	int wstatus;

	(void)state;
	s.setup = say_7;
	s.arg = "hey\n";
	wstatus = output(&s, got, sizeof(got));
	assert_int_equal(WEXITSTATUS(wstatus), 7);
	assert_string_equal(got, "hey\n");
}

static int
give_up(void *arg)
{
	(void)arg;
	errno = EXDEV;
	return -1;
}

static void
a_setup_that_fails_is_reported(void **state)
{
	char *argv[] = { "true", NULL };
	struct spawn s = SPAWN_INIT;

	(void)state;
	s.argv = argv;
	s.setup = give_up;
	assert_int_equal(spawn(&s), -1);
	assert_int_equal(errno, EXDEV);
}

static void
the_child_gets_back_the_mask_of_before_sig_open(void **state)
{
	char *argv[] = { "grep", "SigBlk", "/proc/self/status", NULL };
	struct spawn s = SPAWN_INIT;
	char got[64];
	sigset_t set;
	int fd;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	fd = sig_open();
	assert_true(fd >= 0);
	s.argv = argv;
	assert_int_equal(output(&s, got, sizeof(got)), 0);
	assert_string_equal(got, "SigBlk:\t0000000000000200\n");
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spawn_reports_the_errno_of_a_failed_exec),
		cmocka_unit_test(
		    spawn_reports_the_errno_of_a_folder_that_is_not_there),
		cmocka_unit_test(spawn_swaps_descriptors_into_place),
		cmocka_unit_test(the_child_gets_folder_environment_and_session),
		cmocka_unit_test(
		    the_process_group_is_there_when_spawn_start_returns),
		cmocka_unit_test(
		    only_a_sealed_child_loses_the_other_descriptors),
		cmocka_unit_test(a_function_of_ours_can_be_the_child),
		cmocka_unit_test(a_setup_that_fails_is_reported),
		cmocka_unit_test(
		    the_child_gets_back_the_mask_of_before_sig_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
