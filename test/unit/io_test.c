#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/io.h"

static void
a_file_of_proc_is_read_whole_or_as_far_as_it_fits(void **state)
{
	char s[8];

	(void)state;
	assert_int_equal(io_slurp(AT_FDCWD, "/proc/self/comm", s, 8), 7);
	assert_string_equal(s, "io_test");
	assert_int_equal(io_slurp(AT_FDCWD, "/proc/self/comm", s, 3), 2);
	assert_string_equal(s, "io");
	assert_int_equal(io_slurp(AT_FDCWD, "/nonexistent", s, 3), -1);
	assert_int_equal(errno, ENOENT);
}

static void
reading_goes_on_to_the_end_of_file(void **state)
{
	char s[8];
	int p[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		(void)!write(p[1], "ab", 2);
		usleep(20000);
		_exit(io_write(p[1], "cd", 2));
	}
	close(p[1]);
	assert_int_equal(io_read(p[0], s, sizeof(s)), 4);
	assert_memory_equal(s, "abcd", 4);
	close(p[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
standard_descriptors_are_open_afterwards(void **state)
{
	int in = dup(0), i;

	(void)state;
	close(0);
	io_open_std();
	assert_int_equal(fcntl(0, F_GETFD), 0);
	dup2(in, 0);
	close(in);
	for (i = 0; i < 3; i++)
		assert_true(fcntl(i, F_GETFD) >= 0);
}

static void
what_was_inherited_is_closed_and_ours_is_kept(void **state)
{
	int ours = fcntl(0, F_DUPFD_CLOEXEC, 10);
	int below = fcntl(0, F_DUPFD, 3), above = fcntl(0, F_DUPFD, 900);

	(void)state;
	io_close_inherited(ours);
	assert_int_equal(fcntl(ours, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(below, F_GETFD), -1);
	assert_int_equal(fcntl(above, F_GETFD), -1);
	assert_true(fcntl(0, F_GETFD) >= 0);
	close(ours);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_file_of_proc_is_read_whole_or_as_far_as_it_fits),
		cmocka_unit_test(reading_goes_on_to_the_end_of_file),
		cmocka_unit_test(standard_descriptors_are_open_afterwards),
		cmocka_unit_test(what_was_inherited_is_closed_and_ours_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
