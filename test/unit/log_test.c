#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/io.h"
#include "lib/log.h"

static char said[16384];
static int keep, p[2];

static void
listen_in(void)
{
	keep = dup(2);
	assert_int_equal(pipe(p), 0);
	dup2(p[1], 2);
	close(p[1]);
}

static const char *
heard(void)
{
	ssize_t n;

	dup2(keep, 2);
	close(keep);
	n = io_read(p[0], said, sizeof(said) - 1);
	said[n < 0 ? 0 : n] = '\0';
	close(p[0]);
	return said;
}

static int
setup(void **state)
{
	(void)state;
	log_level = LOG_INFO;
	log_format = LOG_PLAIN;
	return 0;
}

static void
a_message_is_one_line_with_its_level(void **state)
{
	(void)state;
	listen_in();
	log_info("a %d", 1);
	log_warn("b");
	errno = ENOENT;
	log_err("open %s", "x");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(heard(), "cleat: a 1\ncleat: warning: b\n"
	    "cleat: error: open x: No such file or directory\n");
}

static void
what_is_below_the_level_is_not_said(void **state)
{
	(void)state;
	listen_in();
	log_debug("no");
	log_level = LOG_ERROR;
	log_warn("no");
	log_info("no");
	log_level = LOG_DEBUG;
	log_debug("yes");
	assert_string_equal(heard(), "cleat: debug: yes\n");
}

static void
control_bytes_and_invalid_utf8_are_escaped(void **state)
{
	(void)state;
	listen_in();
	log_info("a\nb\033[31m\177\302\233 \303\244 \377 \355\240\200");
	assert_string_equal(heard(), "cleat: a\\x0ab\\x1b[31m\\x7f\\xc2\\x9b "
	    "\303\244 \\xff \\xed\\xa0\\x80\n");
}

static void
fields_are_quoted_where_they_must(void **state)
{
	static const struct log_field f[] = {
		{ "bare", "x-1" }, { "none", NULL }, { "blank", "a b" },
		{ "quote", "a\"b\\" }, { "empty", "" }, { "equals", "a=b" },
		{ "line", "a\nb" }, { 0 }
	};

	(void)state;
	listen_in();
	log_fields(LOG_INFO, "text", f);
	assert_string_equal(heard(), "cleat: text bare=x-1 blank=\"a b\" "
	    "quote=\"a\\\"b\\\\\" empty=\"\" equals=\"a=b\" line=a\\x0ab\n");
}

static void
logfmt_and_json_have_time_and_level(void **state)
{
	static const struct log_field f[] = { { "n", "\001\"" }, { 0 } };
	static const struct log_field turned[] = {
		{ "n", "\342\200\256\302\205\377" }, { 0 } };
	const char *s;

	(void)state;
	log_format = LOG_LOGFMT;
	listen_in();
	log_fields(LOG_WARN, "two words", f);
	s = heard();
	assert_memory_equal(s, "time=20", 7);
	assert_string_equal(strchr(s, ' '),
	    " level=warn msg=\"two words\" n=\"\\x01\\\"\"\n");
	log_format = LOG_JSON;
	listen_in();
	log_fields(LOG_ERROR, "x", f);
	s = heard();
	assert_memory_equal(s, "{\"time\":\"20", 11);
	assert_string_equal(strchr(s, ','),
	    ",\"level\":\"error\",\"msg\":\"x\",\"n\":\"\\u0001\\\"\"}\n");
	listen_in();
	log_fields(LOG_ERROR, "x", turned);
	assert_string_equal(strstr(heard(), "\"n\""),
	    "\"n\":\"\\u202e\\u0085\\u00ff\"}\n");
}

static void
nobody_waits_for_a_log_that_is_not_read(void **state)
{
	char buf[65536], *text;
	int full[2], err = dup(STDERR_FILENO), i;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(full), 0);
	dup2(full[1], STDERR_FILENO);
	for (i = 0; i < 1000; i++)	/* far more than a pipe holds */
		log_warn("%0200d", i);
	n = read(full[0], buf, sizeof(buf));
	assert_true(n > 0);
	log_warn("again");
	dup2(err, STDERR_FILENO);
	close(err);
	close(full[1]);
	n = read(full[0], buf, sizeof(buf) - 1);
	assert_true(n > 0);
	buf[n] = '\0';
	text = strstr(buf, "lines before this one are lost");
	assert_non_null(text);
	assert_non_null(strstr(text, "again"));
	close(full[0]);
}

static void
an_endless_message_is_cut_and_stays_one_line(void **state)
{
	static char text[100000];
	struct log_field f[] = { { "v", text }, { "w", "kept" }, { 0 } };
	const char *s;
	int form;

	(void)state;
	memset(text, '\n', sizeof(text) - 1);
	for (form = LOG_PLAIN; form <= LOG_JSON; form++) {
		log_format = (enum log_format)form;
		listen_in();
		log_fields(LOG_INFO, text, f);
		s = heard();
		assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
		assert_non_null(strstr(s, "..."));
		assert_non_null(strstr(s, "kept"));
	}
}

static void
escape_never_writes_more_than_it_may(void **state)
{
	char dst[16];
	size_t size, n;

	(void)state;
	for (size = 0; size <= 12; size++) {
		memset(dst, '#', sizeof(dst));
		n = log_escape(dst, size, "a\n\303\244bcdefgh", '"');
		assert_true(n <= size);
		assert_int_equal(dst[size], '#');
	}
	n = log_escape(dst, 10, "abcdefghij", 0);
	assert_int_equal(n, 10);
	n = log_escape(dst, 9, "abcdefghij", 0);
	assert_int_equal(n, 9);
	assert_memory_equal(dst, "abcdef...", 9);
}

static void
die_says_why_and_ends_with_its_status(void **state)
{
	int wstatus;
	pid_t pid;

	(void)state;
	listen_in();
	pid = fork();
	if (pid == 0)
		die(42, "too %s", "bad");
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_string_equal(heard(), "cleat: error: too bad\n");
	assert_int_equal(WEXITSTATUS(wstatus), 42);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_is_one_line_with_its_level),
		TEST(what_is_below_the_level_is_not_said),
		TEST(control_bytes_and_invalid_utf8_are_escaped),
		TEST(fields_are_quoted_where_they_must),
		TEST(logfmt_and_json_have_time_and_level),
		TEST(nobody_waits_for_a_log_that_is_not_read),
		TEST(an_endless_message_is_cut_and_stays_one_line),
		TEST(escape_never_writes_more_than_it_may),
		TEST(die_says_why_and_ends_with_its_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
