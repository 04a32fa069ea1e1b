#include "test/unit/rotate_fixture.h"

#include "init/logfile.h"

#define HOUR 3600000

static void
a_log_that_is_not_due_only_grows(void **state)
{
	(void)state;
	put_file("log", "old\n");
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	write_all("one\n");
	write_all("two\n");
	expect_file("log", "old\none\ntwo\n");
	assert_int_equal(count_files(".gz"), 0);
	close_all();
}

static void
a_log_that_is_due_is_compressed_and_begins_anew(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(rotate_open(&r, logpath, 30), 0);
	assert_int_equal(chmod(logpath, 0640), 0);
	write_all("one\n");
	wait_until_due();
	r.every_ms = HOUR;
	write_all("two\n");
	write_all("three\n");
	settle();
	expect_file(only_gz(), "one\n");
	assert_int_equal(stat(only_gz(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	expect_file("log", "two\nthree\n");
	assert_int_equal(fcntl(r.fd, F_GETFD), FD_CLOEXEC);
	close_all();
}

static void
a_big_log_is_compressed_whole(void **state)
{
	struct strbuf b = STRBUF_INIT;
	unsigned x = 1;
	int i;

	(void)state;
	assert_int_equal(rotate_open(&r, logpath, 1), 0);
	r.due = INT64_MAX;
	/* It gets no smaller, and the last of what is read at once is big: what
	 * is left to write at the end is more than the room for it. */
	for (i = 0; i < 8 * 65536 - 2; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		strbuf_addf(&b, "%c", x % 255 + 1);
	}
	strbuf_addf(&b, "\n");
	write_all(b.s);
	r.due = 0;
	r.every_ms = HOUR;
	write_all("next\n");
	settle();
	expect_file(only_gz(), b.s);
	strbuf_release(&b);
	close_all();
}

static void
a_line_is_never_cut(void **state)
{
	(void)state;
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	write_all("half");
	r.due = 0;
	assert_int_equal(rotate_write(&r, " of a", 5), 5);
	assert_int_equal(rotate_write(&r, " line\nnext\nlast\n", 16), 6);
	assert_int_equal(count_files(""), 0);
	write_all("next\nlast\n");
	settle();
	expect_file(only_gz(), "half of a line\n");
	expect_file("log", "next\nlast\n");
	close_all();
}

static void
a_line_that_was_begun_before_is_not_cut_either(void **state)
{
	(void)state;
	put_file("log", "one\nha");
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	r.due = 0;
	write_all("lf\ntwo\n");
	settle();
	expect_file(only_gz(), "one\nhalf\n");
	expect_file("log", "two\n");
	close_all();
}

static void
a_line_without_an_end_does_not_keep_it_for_ever(void **state)
{
	static char text[ROTATE_LINE_MAX / 4 + 1];
	int i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	write_all("half");
	r.due = 0;
	for (i = 0; i < 4; i++)
		write_all(text);
	assert_int_equal(r.gzip.pid, 0);
	write_all("rest\n");
	settle();
	(void)only_gz();
	expect_file("log", "rest\n");
	close_all();
}

static void
a_log_in_which_nothing_happens_is_set_aside_on_time(void **state)
{
	int i;

	(void)state;
	put_file("log", "one\n");
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	for (i = 0; i < 2; i++) {	/* the 2nd time it is empty */
		r.due = 0;
		r.timer.fn(&r.timer);
		assert_true(r.due > loop_now() && r.timer.armed);
		settle();
		expect_file(only_gz(), "one\n");
		expect_file("log", "");
	}
	write_all("half");
	r.due = 0;
	r.timer.fn(&r.timer);
	settle();
	(void)only_gz();
	close_all();
	assert_false(r.timer.armed);
}

static void
on_stop(struct timer *t)
{
	(void)t;
	loop_stop(0);
}

static void
the_loop_sets_it_aside_and_takes_in_its_child(void **state)
{
	struct timer stop = { .fn = on_stop };

	(void)state;
	put_file("log", "one\n");
	loop_watch(&signals, sigfd, POLLIN);
	assert_int_equal(rotate_open(&r, logpath, 100), 0);
	loop_timer(&stop, 1000);
	assert_int_equal(loop_run(), 0);
	loop_unwatch(&signals);
	assert_int_equal(r.gzip.pid, 0);
	expect_file(only_gz(), "one\n");
	close_all();
}

static void
only_the_newest_are_kept_and_nothing_else_is_removed(void **state)
{
	static const char *const others[] = {
		"log_20240102030405.gz.bak", "log_2024010203040.gz",
		"log_20240102.gz", "log.1_20240102030405.gz", "logs.gz",
		"blog_20240102030405.gz", "log_20240102030405.txt",
	};
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < countof(others); i++)
		put_file(others[i], "x");
	put_gz("log_20240102030405.gz", "older");
	for (i = 0; i < 6; i++) {
		assert_int_equal(fit(text, sizeof(text),
		    "log_2025010203040%zu.gz", i), 0);
		put_gz(text, "old");
	}
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	for (i = 0; i < 7; i++) {
		assert_int_equal(fit(text, sizeof(text), "%zu\n", i), 0);
		write_all(text);
		r.due = 0;
		write_all("-\n");
		settle();
		assert_int_equal(count_files(".gz"), 5);
	}
	for (i = 0; i < countof(others); i++)
		expect_file(others[i], "x");
	close_all();
}

static void
a_log_is_as_old_as_its_file_or_what_was_set_aside(void **state)
{
	char stamp[STAMP_SIZE] = "", name[64];

	(void)state;
	put_file("log", "one\n");
	(void)poll(NULL, 0, 1500);
	assert_int_equal(rotate_open(&r, logpath, 1000), 0);
	if (!logfile_birth_ms(r.fd))
		skip();		/* the file system does not know */
	assert_true(r.due <= loop_now());
	rotate_close(&r);
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	assert_in_range(r.due - loop_now(), HOUR - 60000, HOUR - 1500);
	rotate_close(&r);
	assert_int_equal(stamp_next(stamp), 0);
	assert_int_equal(fit(name, sizeof(name), "log_%s.gz", stamp), 0);
	put_gz(name, "zero\n");
	assert_int_equal(rotate_open(&r, logpath, 1400), 0);
	assert_true(r.due > loop_now());
	/* names go on behind it, and a clock that went back keeps nothing */
	put_gz("log_20991231235959.gz", "zero\n");
	rotate_close(&r);
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	assert_in_range(r.due - loop_now(), HOUR - 1000, HOUR);
	r.due = 0;
	write_all("two\n");
	settle();
	expect_file("log_21000101000000.gz", "one\n");
	close_all();
}

static void
a_log_that_others_replaced_is_opened_again(void **state)
{
	(void)state;
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	write_all("one\n");
	assert_int_equal(rename(logpath, in_folder("theirs")), 0);
	r.due = 0;
	write_all("two\n");
	expect_file("theirs", "one\n");
	expect_file("log", "two\n");
	assert_int_equal(rename(logpath, in_folder("theirs")), 0);
	put_file("log", "three\n");
	r.due = 0;
	write_all("four\n");
	expect_file("log", "three\nfour\n");
	/* nor does a link lead us to what is not ours */
	put_file("victim", "");
	assert_int_equal(unlink(logpath), 0);
	assert_int_equal(symlink("victim", logpath), 0);
	r.due = 0;
	write_all("five\n");
	expect_file("victim", "");
	assert_int_equal(count_files("") + count_files(".gz"), 0);
	close_all();
}

static void
a_link_to_a_log_stays_one(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(symlink("log", in_folder("alias")), 0);
	assert_int_equal(rotate_open(&r, in_folder("alias"), HOUR), 0);
	write_all("one\n");
	r.due = 0;
	write_all("two\n");
	settle();
	expect_file(only_gz(), "one\n");
	assert_int_equal(lstat(in_folder("alias"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_file("alias", "two\n");
	close_all();
}

static void
what_is_no_plain_file_is_only_written_to(void **state)
{
	static char text[200000];
	char path[64];
	int fd;

	(void)state;
	assert_int_equal(mkfifo(logpath, 0600), 0);
	assert_int_equal(rotate_open(&r, logpath, 1), -1);
	assert_int_equal(errno, ENXIO);		/* nobody reads it */
	fd = open(logpath, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(rotate_open(&r, logpath, 1), 0);
	assert_int_equal(r.every_ms, 0);
	assert_true(rotate_write(&r, text, sizeof(text)) > 0);
	assert_int_equal(rotate_write(&r, text, sizeof(text)), -1);
	assert_int_equal(errno, EAGAIN);
	rotate_close(&r);
	close(fd);
	assert_int_equal(unlink(logpath), 0);
	put_file("log", "one\n");
	fd = open(logpath, O_RDWR | O_CLOEXEC);
	assert_int_equal(fit(path, sizeof(path), "/dev/fd/%d", fd), 0);
	assert_int_equal(rotate_open(&r, path, 1), 0);
	(void)poll(NULL, 0, 5);
	write_all("two\n");
	expect_file("log", "one\ntwo\n");
	assert_int_equal(count_files(""), 0);
	close_all();
	close(fd);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_that_is_not_due_only_grows),
		TEST(a_log_that_is_due_is_compressed_and_begins_anew),
		TEST(a_big_log_is_compressed_whole),
		TEST(a_line_is_never_cut),
		TEST(a_line_that_was_begun_before_is_not_cut_either),
		TEST(a_line_without_an_end_does_not_keep_it_for_ever),
		TEST(a_log_in_which_nothing_happens_is_set_aside_on_time),
		TEST(the_loop_sets_it_aside_and_takes_in_its_child),
		TEST(only_the_newest_are_kept_and_nothing_else_is_removed),
		TEST(a_log_is_as_old_as_its_file_or_what_was_set_aside),
		TEST(a_log_that_others_replaced_is_opened_again),
		TEST(a_link_to_a_log_stays_one),
		TEST(what_is_no_plain_file_is_only_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
