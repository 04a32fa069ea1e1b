#include "test/unit/log_fixture.h"

#include <time.h>

/* As if the zone of the machine was this. */
static void
set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void
only_exact_names_are_listed_and_the_oldest_comes_first(void **state)
{
	static const char *const others[] = {
		"log", "log_2024010203040", "log_202401020304055",
		"log_20240102030405.gz", "log_20240102030405.gz.bak",
		"log_2024010203040x", "log-20240102030405", "log_", "logs",
		"blog_20240102030405", "log.1_20240102030405",
	};
	struct strvec names = STRVEC_INIT;
	char stamp[STAMP_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < countof(others); i++)
		put_file(others[i], "");
	stamp_newest(logpath, "", stamp);
	assert_string_equal(stamp, "");
	put_file("log_20240102030406", "");
	put_file("log_20231231235959", "");
	put_file("log_20240102030405", "");
	assert_int_equal(stamp_list(logpath, "", &names), 0);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[0], in_folder("log_20231231235959"));
	assert_string_equal(names.v[1], in_folder("log_20240102030405"));
	assert_string_equal(names.v[2], in_folder("log_20240102030406"));
	strvec_truncate(&names, 0);
	assert_int_equal(stamp_list(logpath, ".gz", &names), 0);
	assert_int_equal(names.n, 1);
	strvec_release(&names);
	stamp_newest(logpath, "", stamp);
	assert_string_equal(stamp, "20240102030406");
	stamp_newest(logpath, ".gz", stamp);
	assert_string_equal(stamp, "20240102030405");
}

static void
a_path_without_a_folder_is_one_of_here(void **state)
{
	struct strvec names = STRVEC_INIT;

	(void)state;
	put_file("log_20240102030406", "");
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(stamp_list("log", "", &names), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "log_20240102030406");
	assert_int_equal(stamp_list("/no/such/folder/log", "", &names), -1);
	assert_int_equal(errno, ENOENT);
	strvec_release(&names);
}

static void
a_stamp_is_the_local_time(void **state)
{
	char stamp[STAMP_SIZE] = "", text[16];
	time_t before, after;
	int64_t ms;

	(void)state;
	set_zone("XYZ-5:30");	/* 19800 s */
	before = time(NULL);
	assert_int_equal(stamp_next(stamp), 0);
	after = time(NULL);
	ms = stamp_ms(stamp);
	assert_true(ms >= before * 1000 && ms <= after * 1000);
	before = ms / 1000 + 19800;
	strftime(text, sizeof(text), "%Y%m%d%H%M%S", gmtime(&before));
	assert_string_equal(stamp, text);
	assert_int_equal(stamp_ms(""), 0);
}

static void
the_next_stamp_is_behind_the_last_one(void **state)
{
	static const struct {
		const char *last, *next;
	} rows[] = {
		{ "20991231235958", "20991231235959" },
		{ "20991231235959", "21000101000000" },
		/* summer time ends: an hour has come and comes again */
		{ "20990329015959", "20990329030000" },
		{ "20991025013000", "20991025013001" },
		{ "20991025025959", "20991025030000" },
		{ "99991231235958", "99991231235959" },
	};
	char stamp[STAMP_SIZE];
	size_t i;

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	for (i = 0; i < countof(rows); i++) {
		strcpy(stamp, rows[i].last);
		assert_int_equal(stamp_next(stamp), 0);
		assert_string_equal(stamp, rows[i].next);
	}
	errno = 0;
	assert_int_equal(stamp_next(stamp), -1);
	assert_int_equal(errno, EOVERFLOW);
	assert_string_equal(stamp, "99991231235959");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_exact_names_are_listed_and_the_oldest_comes_first),
		TEST(a_path_without_a_folder_is_one_of_here),
		TEST(a_stamp_is_the_local_time),
		TEST(the_next_stamp_is_behind_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
