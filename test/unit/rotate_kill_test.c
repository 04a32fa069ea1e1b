/* rotate_kill_test.c - whatever is killed, and whenever: each line that was
 * written is there once, and all of them are in their order. */
#include "test/unit/rotate_fixture.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "lib/log.h"

#define HOUR 3600000
#define EVERY_MS 3
#define SLOW_MS 30		/* for files that take a while to compress */

static void
a_file_that_cannot_be_opened_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(rotate_open(&r, in_folder("no/log"), HOUR), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(rotate_open(&r, folder, HOUR), -1);
	assert_int_equal(errno, EISDIR);
}

static void
what_a_kill_left_is_compressed_when_it_is_opened(void **state)
{
	(void)state;
	put_file("log", "four\n");
	put_file("log_20240102030405", "one\n");	/* a .gz, not whole */
	put_file("log_20240102030405.gz.part", "junk");
	put_file("log_20240102030406", "two\n");	/* nothing yet */
	put_file("log_20240102030407", "three\n");	/* all but removed */
	put_gz("log_20240102030407.gz", "three, whole\n");
	put_file("log_20240102030408.gz.part", "junk");	/* nobody's */
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	settle();
	assert_int_equal(count_files(""), 0);
	assert_int_equal(count_files(".gz"), 3);
	assert_int_equal(count_files(".gz.part"), 0);
	expect_file("log_20240102030405.gz", "one\n");
	expect_file("log_20240102030406.gz", "two\n");
	expect_file("log_20240102030407.gz", "three, whole\n");
	expect_file("log", "four\n");
	close_all();
}

static void
reap(void)
{
	on_signals(&signals, 0);
}

/* As the child of a relay that was killed: it has the file, and goes on. */
static void
what_another_child_is_at_is_left_to_it(void **state)
{
	char fd0[32], is[16] = "";
	int fd, zero = open("/dev/zero", O_RDONLY | O_CLOEXEC), input = dup(0);

	(void)state;
	put_file("log_20240102030405", "one\n");
	put_file("log_20240102030405.gz.part", "half of it");
	fd = open(in_folder("log_20240102030405"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(dup2(zero, 0), 0);
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	assert_int_equal(dup2(input, 0), 0);
	(void)poll(NULL, 0, 300);
	reap();
	assert_true(r.gzip.pid > 0);
	/* nor has it what the program writes */
	assert_int_equal(fit(fd0, sizeof(fd0), "/proc/%d/fd/0", r.gzip.pid), 0);
	assert_int_equal(readlink(fd0, is, sizeof(is) - 1), 9);
	assert_string_equal(is, "/dev/null");
	expect_file("log_20240102030405.gz.part", "half of it");
	assert_int_equal(count_files(".gz"), 0);
	/* it is done, and the name is another file's by now */
	assert_int_equal(unlink(in_folder("log_20240102030405")), 0);
	assert_int_equal(unlink(in_folder("log_20240102030405.gz.part")), 0);
	put_file("log_20240102030405", "another\n");
	assert_int_equal(flock(fd, LOCK_UN), 0);	/* it has fd, too */
	close(zero);
	close(input);
	close(fd);
	settle();
	assert_int_equal(count_files(".gz"), 0);
	expect_file("log_20240102030405", "another\n");
	close_all();
}

static int
keep_all(void **state)
{
	int rc = setup(state);

	r.keep = SIZE_MAX;
	return rc;
}

/* Lines from the number n on, written in pieces that end anywhere, until time
 * is up or so many files were set aside.  *done: so many lines are complete. */
static void
write_lines(volatile int *done, int64_t ms, void (*meanwhile)(void))
{
	int64_t end = loop_now() + ms;
	char text[4096];
	int n = *done, len, i;
	ssize_t k;

	while (loop_now() < end) {
		for (len = i = 0; i < 1 + n % 90; i++)
			len += snprintf(text + len, sizeof(text) - (size_t)len,
			    "%d\n", n + i);
		for (i = 0; i < len; i += (int)k) {
			k = rotate_write(&r, text + i,
			    (size_t)(n % 3 ? len - i : (len - i + 1) / 2));
			if (k <= 0)
				abort();	/* it may not be cmocka's */
		}
		n += 1 + n % 90;
		*done = n;
		if (meanwhile)
			meanwhile();
	}
}

static int kills;

static void
kill_child_at_times(void)
{
	static int64_t next;
	static unsigned x = 7;

	reap();
	if (r.gzip.pid <= 0 || loop_now() < next)
		return;
	(void)kill(r.gzip.pid, SIGKILL);
	kills++;
	x = x * 1103515245 + 12345;
	next = loop_now() + (x >> 16) % 100;
}

static void
lines_written_at_full_speed_are_each_there_once(void **state)
{
	int done = 0;

	(void)state;
	assert_int_equal(rotate_open(&r, logpath, EVERY_MS), 0);
	write_lines(&done, 2000, reap);
	close_all();
	assert_int_equal(count_files(""), 0);
	assert_true(count_files(".gz") > 50);
	assert_true(done > 10000);
	assert_int_equal(all_lines(), done);
}

static void
nothing_is_lost_when_the_child_is_killed(void **state)
{
	int done = 0;

	(void)state;
	assert_int_equal(rotate_open(&r, logpath, SLOW_MS), 0);
	write_lines(&done, 2000, kill_child_at_times);
	settle();
	assert_true(kills > 10);
	assert_true(count_files(".gz") > 10);
	assert_int_equal(all_lines(), done);
	rotate_close(&r);
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	close_all();
	assert_int_equal(count_files("") + count_files(".gz.part"), 0);
	assert_int_equal(all_lines(), done);
}

/* A process of its own that writes until it is killed, from line *done on. */
static pid_t
start_writer(volatile int *done)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (rotate_open(&r, logpath, EVERY_MS) < 0)
		_exit(1);
	write_lines(done, 60000, reap);
	_exit(0);
}

/* Take the log over from a writer that was killed: all is there, and of the
 * line that it was at perhaps a part.  Returns how many lines there are. */
static int
take_over(int done)
{
	struct strbuf b = STRBUF_INIT;
	const char *tail;
	char line[16];
	int n;

	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	settle();
	add_all(&b);
	n = count_lines(&b, &tail);
	assert_true(n >= done && n <= done + 90);
	if (*tail) {
		assert_int_equal(fit(line, sizeof(line), "%d\n", n++), 0);
		assert_memory_equal(tail, line, strlen(tail));
		write_all(line + strlen(tail));
	}
	assert_int_equal(count_files("") + count_files(".gz.part") +
	    count_files(".copy") + count_files(".new"), 0);
	strbuf_release(&b);
	close_all();
	return n;
}

static void
writers_are_killed(int times)
{
	volatile int *done = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, wstatus;
	pid_t pid;

	assert_true(done != MAP_FAILED);
	for (i = 0; i < times; i++) {
		pid = start_writer(done);
		assert_true(pid > 0);
		(void)poll(NULL, 0, 5 + i * 37 % 60);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &wstatus, 0), pid);
		assert_true(WIFSIGNALED(wstatus));
		assert_int_equal(WTERMSIG(wstatus), SIGKILL);
		*done = take_over(*done);
	}
	assert_true(count_files(".gz") > (size_t)times);
	(void)munmap((void *)done, sizeof(int));
}

static void
nothing_is_lost_when_the_writer_is_killed(void **state)
{
	(void)state;
	writers_are_killed(25);
}

/* The file cannot be renamed: it is copied, and the kill comes in between. */
static void
nor_when_it_is_killed_while_it_copies(void **state)
{
	(void)state;
	if (!may_mount)
		skip();
	put_file("log", "");
	assert_int_equal(mount(logpath, logpath, NULL, MS_BIND, NULL), 0);
	writers_are_killed(25);
}

static void
a_full_disk_keeps_all_and_is_made_good_later(void **state)
{
	struct strbuf b = STRBUF_INIT, all = STRBUF_INIT;
	unsigned x = 1;
	int i;

	(void)state;
	if (!may_mount)
		skip();
	assert_int_equal(mount("none", folder, "tmpfs", 0, "size=144k"), 0);
	put_gz("log_20240102030405.gz", "1");
	put_gz("log_20240102030406.gz", "2");
	put_gz("log_20240102030407.gz", "3");
	r.keep = 3;
	assert_int_equal(rotate_open(&r, logpath, HOUR), 0);
	for (i = 0; i < 60000; i++) {
		x = x * 1103515245 + 12345;
		strbuf_addf(&b, "%c", 'A' + (int)(x >> 16) % 57);
	}
	strbuf_addf(&b, "\n");
	write_all(b.s);
	put_file("ballast", b.s);
	r.due = 0;
	write_all("one\n");
	settle();
	/* it counts among those that are kept */
	assert_int_equal(count_files(""), 1);
	assert_int_equal(count_files(".gz"), 2);
	assert_int_equal(count_files(".gz.part"), 0);
	assert_int_equal(unlink(in_folder("ballast")), 0);
	r.due = 0;
	write_all("two\n");
	settle();
	assert_int_equal(count_files(""), 0);
	assert_int_equal(count_files(".gz"), 3);
	strbuf_addf(&all, "3");
	strbuf_add(&all, b.s, b.len);
	strbuf_addf(&all, "one\ntwo\n");
	strbuf_clear(&b);
	add_all(&b);
	assert_string_equal(all.s, b.s);
	strbuf_release(&all);
	strbuf_release(&b);
	close_all();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, keep_all, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_cannot_be_opened_is_an_error),
		TEST(what_a_kill_left_is_compressed_when_it_is_opened),
		TEST(what_another_child_is_at_is_left_to_it),
		TEST(lines_written_at_full_speed_are_each_there_once),
		TEST(nothing_is_lost_when_the_child_is_killed),
		TEST(nothing_is_lost_when_the_writer_is_killed),
		TEST(nor_when_it_is_killed_while_it_copies),
		TEST(a_full_disk_keeps_all_and_is_made_good_later),
	};

	log_level = LOG_ERROR;	/* a kill is a warning each time */
	fixture_mounts();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
