#include "test/unit/log_fixture.h"

#include "init/aside.h"
#include "init/logfile.h"

/* Opened as the log is, with some content. */
static int
open_log(const char *text)
{
	int fd = logfile_open(logpath, 0);

	assert_true(fd >= 0);
	assert_int_equal(io_write(fd, text, strlen(text)), 0);
	return fd;
}

/* The log's name is a mount point: it cannot be given to another file. */
static void
pin_log(void)
{
	if (!may_mount)
		skip();
	put_file("log", "");
	assert_int_equal(mount(logpath, logpath, NULL, MS_BIND, NULL), 0);
}

static int
exists(const char *name)
{
	return access(in_folder(name), F_OK) == 0;
}

static void
a_file_is_moved_and_another_one_goes_on(void **state)
{
	int fd = open_log("old\n"), new;

	(void)state;
	new = aside_move(fd, logpath, in_folder("log_20240102030405"));
	assert_true(new >= 0 && new != fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(fcntl(new, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(new, F_GETFL) & O_APPEND);
	assert_int_equal(io_write(new, "new\n", 4), 0);
	expect_file("log", "new\n");
	expect_file("log_20240102030405", "old\n");
	assert_false(exists("log_20240102030405.new"));
	close(new);
}

static void
the_new_file_has_owner_and_mode_of_the_old_one(void **state)
{
	int fd = open_log("old\n");
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(fchown(fd, 1234, 4321), 0);
	assert_int_equal(fchmod(fd, 02640), 0);
	fd = aside_move(fd, logpath, in_folder("log_20240102030405"));
	assert_true(fd >= 0);
	assert_int_equal(stat(logpath, &st), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 4321);
	assert_int_equal(st.st_mode & 07777, 02640);
	close(fd);
}

static void
a_file_that_cannot_be_renamed_is_copied_and_emptied(void **state)
{
	int fd;

	(void)state;
	pin_log();
	fd = open_log("old\n");
	assert_int_equal(aside_move(fd, logpath, in_folder(
	    "log_20240102030405")), fd);
	assert_int_equal(io_write(fd, "new\n", 4), 0);
	expect_file("log", "new\n");
	expect_file("log_20240102030405", "old\n");
	assert_false(exists("log_20240102030405.new"));
	assert_false(exists("log_20240102030405.copy"));
	close(fd);
}

static void
where_neither_works_all_stays_as_it_was(void **state)
{
	int fd;

	(void)state;
	pin_log();
	assert_int_equal(mount(folder, folder, NULL, MS_BIND | MS_REC, NULL),
	    0);
	assert_int_equal(mount(NULL, folder, NULL, MS_BIND | MS_REMOUNT |
	    MS_RDONLY, NULL), 0);
	fd = open_log("old\n");
	assert_int_equal(aside_move(fd, logpath, in_folder(
	    "log_20240102030405")), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(io_write(fd, "more\n", 5), 0);
	expect_file("log", "old\nmore\n");
	close(fd);
}

/* The folder has 64 KiB: a copy of 40 KiB is too much for it. */
static void
a_copy_for_which_there_is_no_room_is_removed(void **state)
{
	static char text[40000];
	int fd;

	(void)state;
	if (!may_mount)
		skip();
	assert_int_equal(mount("none", folder, "tmpfs", 0, "size=64k"), 0);
	pin_log();
	memset(text, 'x', sizeof(text) - 1);
	fd = open_log(text);
	assert_int_equal(aside_move(fd, logpath, in_folder(
	    "log_20240102030405")), -1);
	assert_int_equal(errno, ENOSPC);
	expect_file("log", text);
	assert_false(exists("log_20240102030405"));
	assert_false(exists("log_20240102030405.copy"));
	close(fd);
}

static void
a_copy_before_the_file_was_emptied_is_one_too_many(void **state)
{
	static const char *const copies[] = { "", "one\n", "one\ntwo\n" };
	size_t i;
	int fd;

	(void)state;
	fd = open_log("one\ntwo\n");
	for (i = 0; i < countof(copies); i++) {
		put_file("log_20240102030405.copy", copies[i]);
		assert_int_equal(aside_mend(fd, logpath), fd);
		assert_false(exists("log_20240102030405.copy"));
		assert_false(exists("log_20240102030405"));
		expect_file("log", "one\ntwo\n");
	}
	close(fd);
}

static void
a_copy_after_the_file_was_emptied_is_all_that_is_left(void **state)
{
	static const char *const logs[] = { "", "o", "new\n", "one\ntwo" };
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < countof(logs); i++) {
		put_file("log", logs[i]);
		fd = open_log("");
		put_file("log_20240102030405.copy", "one\ntwo\n");
		assert_int_equal(aside_mend(fd, logpath), fd);
		assert_false(exists("log_20240102030405.copy"));
		expect_file("log_20240102030405", "one\ntwo\n");
		expect_file("log", logs[i]);
		close(fd);
	}
}

static void
a_copy_is_compared_to_its_end(void **state)
{
	static char text[70000];
	int fd;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	fd = open_log(text);
	put_file("log_20240102030405.copy", text);
	assert_int_equal(aside_mend(fd, logpath), fd);
	assert_false(exists("log_20240102030405.copy"));
	assert_false(exists("log_20240102030405"));
	text[sizeof(text) - 2] = 'y';
	put_file("log_20240102030405.copy", text);
	assert_int_equal(aside_mend(fd, logpath), fd);
	expect_file("log_20240102030405", text);
	close(fd);
}

/* What a kill between the two renames leaves, once the log is open again. */
static void
a_new_file_that_had_no_time_takes_its_place(void **state)
{
	struct stat st;
	int fd, new;

	(void)state;
	fd = open_log("");
	put_file("log_20240102030405", "old\n");
	put_file("log_20240102030405.new", "");
	assert_int_equal(chmod(in_folder("log_20240102030405.new"), 0604), 0);
	new = aside_mend(fd, logpath);
	assert_true(new >= 0 && new != fd);
	assert_int_equal(io_write(new, "new\n", 4), 0);
	expect_file("log", "new\n");
	assert_int_equal(stat(logpath, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0604);
	assert_false(exists("log_20240102030405.new"));
	expect_file("log_20240102030405", "old\n");
	close(new);
}

static void
a_new_file_that_was_not_needed_is_removed(void **state)
{
	int fd;

	(void)state;
	fd = open_log("one\n");
	put_file("log_20240102030405.new", "");
	put_file("log_20240102030406.new", "somebody's\n");
	assert_int_equal(aside_mend(fd, logpath), fd);
	assert_false(exists("log_20240102030405.new"));
	expect_file("log_20240102030406.new", "somebody's\n");
	expect_file("log", "one\n");
	close(fd);
}

static void
a_link_that_waits_in_the_way_is_not_followed(void **state)
{
	static const char *const names[] = {
		"log_20240102030405.new", "log_20240102030405.copy",
	};
	char link[128];
	size_t i;
	int fd;

	(void)state;
	pin_log();
	fd = open_log("old\n");
	put_file("victim", "its own\n");
	for (i = 0; i < countof(names); i++) {
		assert_int_equal(fit(link, sizeof(link), "%s",
		    in_folder(names[i])), 0);
		assert_int_equal(symlink(in_folder("victim"), link), 0);
	}
	assert_int_equal(aside_move(fd, logpath, in_folder(
	    "log_20240102030405")), -1);
	assert_int_equal(errno, EEXIST);
	expect_file("victim", "its own\n");
	expect_file("log", "old\n");
	close(fd);
}

static void
nor_does_it_become_the_log(void **state)
{
	struct stat st;
	int fd = open_log("old\n");

	(void)state;
	put_file("victim", "its own\n");
	assert_int_equal(symlink("victim", in_folder(
	    "log_20240102030405.new")), 0);
	assert_int_equal(aside_move(fd, logpath, in_folder(
	    "log_20240102030405")), fd);
	assert_int_equal(lstat(logpath, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	expect_file("log", "");
	expect_file("log_20240102030405", "old\n");
	expect_file("victim", "its own\n");
	close(fd);
}

static void
what_has_no_name_of_its_own_is_told_apart(void **state)
{
	char path[64];
	int fd;

	(void)state;
	fd = open_log("");
	assert_int_equal(logfile_has_name(fd, logpath), 1);
	assert_int_equal(fit(path, sizeof(path), "/dev/fd/%d", fd), 0);
	assert_int_equal(logfile_has_name(fd, path), 0);
	assert_int_equal(symlink(path, in_folder("link")), 0);
	assert_int_equal(logfile_has_name(fd, in_folder("link")), 0);
	assert_int_equal(symlink("log", in_folder("alias")), 0);
	assert_int_equal(logfile_has_name(fd, in_folder("alias")), 1);
	close(fd);
	fd = logfile_open("/dev/null", 0);
	assert_int_equal(logfile_has_name(fd, "/dev/null"), 0);
	close(fd);
}

static void
a_file_tells_whether_it_ends_with_a_line(void **state)
{
	(void)state;
	put_file("log", "");
	assert_int_equal(logfile_ends_inside(logpath), 0);
	put_file("log", "one\n");
	assert_int_equal(logfile_ends_inside(logpath), 0);
	put_file("log", "one\ntw");
	assert_int_equal(logfile_ends_inside(logpath), 1);
	assert_int_equal(logfile_ends_inside(in_folder("nothing")), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_moved_and_another_one_goes_on),
		TEST(the_new_file_has_owner_and_mode_of_the_old_one),
		TEST(a_file_that_cannot_be_renamed_is_copied_and_emptied),
		TEST(where_neither_works_all_stays_as_it_was),
		TEST(a_copy_for_which_there_is_no_room_is_removed),
		TEST(a_copy_before_the_file_was_emptied_is_one_too_many),
		TEST(a_copy_after_the_file_was_emptied_is_all_that_is_left),
		TEST(a_copy_is_compared_to_its_end),
		TEST(a_new_file_that_had_no_time_takes_its_place),
		TEST(a_new_file_that_was_not_needed_is_removed),
		TEST(a_link_that_waits_in_the_way_is_not_followed),
		TEST(nor_does_it_become_the_log),
		TEST(what_has_no_name_of_its_own_is_told_apart),
		TEST(a_file_tells_whether_it_ends_with_a_line),
	};

	fixture_mounts();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
