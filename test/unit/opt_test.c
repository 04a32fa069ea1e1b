#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/io.h"
#include "lib/opt.h"
#include "lib/util.h"

static int flag, number, ms;
static const char *text;

static int
set_colour(const struct opt *o, const char *arg)
{
	(void)o;
	return strcmp(arg, "red") == 0 ? 0 : opt_bad("red");
}

static const struct opt table[] = {
	{ "all", 'a', NULL, "take all", opt_flag, &flag, 0, 0 },
	{ "jobs", 'j', "N", "at a time", opt_int, &number, 1, 64 },
	{ "wait-time", 'w', "SEC", "wait so long", opt_secs, &ms, 0, 60 },
	{ "name", 0, "NAME", "call it so", opt_str, &text, 0, 0 },
	{ "colour", 'c', "C", NULL, set_colour, NULL, 0, 0 },
	{ 0 }
};

static char said[1024];		/* on standard error, by the last parse() */

static int
setup(void **state)
{
	(void)state;
	flag = number = ms = 0;
	text = NULL;
	unsetenv("T_ALL");
	unsetenv("T_JOBS");
	unsetenv("T_WAIT_TIME");
	return 0;
}

/* The index of the first operand of "prog line", its words cut at blanks. */
static int
parse(const char *line)
{
	static char words[256];
	char *argv[32] = { "prog" }, *word;
	int argc = 1, p[2], keep = dup(2), rc;
	ssize_t n;

	assert_true(strlen(line) < sizeof(words));
	strcpy(words, line);
	for (word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "EMPTY") ? word : "";
	assert_int_equal(pipe(p), 0);
	dup2(p[1], 2);
	close(p[1]);
	rc = opt_parse(table, "T", argc, argv);
	dup2(keep, 2);
	close(keep);
	n = io_read(p[0], said, sizeof(said) - 1);
	said[n < 0 ? 0 : n] = '\0';
	close(p[0]);
	return rc;
}

static void
values_are_taken_in_every_form(void **state)
{
	(void)state;
	assert_int_equal(parse("--jobs 3 --wait-time=1.5 -a --name x op"), 7);
	assert_int_equal(number, 3);
	assert_int_equal(ms, 1500);
	assert_int_equal(flag, 1);
	assert_string_equal(text, "x");
	assert_int_equal(parse("-aj4 -w 2"), 4);
	assert_int_equal(number, 4);
	assert_int_equal(ms, 2000);
	assert_int_equal(parse("--name= op"), 2);
	assert_string_equal(text, "");
}

static void
parsing_ends_at_the_first_operand_and_at_two_dashes(void **state)
{
	(void)state;
	assert_int_equal(parse("op -a"), 1);
	assert_int_equal(parse("-- -a"), 2);
	assert_int_equal(parse("- -a"), 1);
	assert_int_equal(parse(""), 1);
	assert_int_equal(flag, 0);
}

static void
help_is_told_apart(void **state)
{
	(void)state;
	assert_int_equal(parse("-a --help --nonsense"), OPT_HELP);
}

static void
mistakes_are_named_in_one_line(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "--nope", "unknown option --nope: see --help" },
		{ "--nope=1", "unknown option --nope" },
		{ "--job 1", "unknown option --job: see" },
		{ "-x", "unknown option -x: see --help" },
		{ "-ax", "unknown option -x" },
		{ "--jobs", "--jobs needs a value: N" },
		{ "-j", "-j needs a value: N" },
		{ "--all=1", "--all takes no value" },
		{ "--jobs 0",
		  "--jobs: bad value \"0\": expected a number from 1 to 64" },
		{ "--jobs 65", "bad value \"65\"" },
		{ "--jobs 3x", "bad value \"3x\"" },
		{ "--jobs EMPTY", "bad value \"\"" },
		{ "--jobs 99999999999999999999", "bad value" },
		{ "-w -1",
		  "-w: bad value \"-1\": expected seconds from 0 to 60" },
		{ "-w 60.1", "bad value" },
		{ "-w nan", "bad value" },
		{ "-w inf", "bad value" },
		{ "-w 1s", "bad value" },
		{ "-c blue", "-c: bad value \"blue\": expected red" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < countof(bad); i++) {
		assert_int_equal(parse(bad[i].line), -1);
		if (!strstr(said, bad[i].says) ||
		    strchr(said, '\n') != said + strlen(said) - 1)
			fail_msg("%s: %s", bad[i].line, said);
	}
}

static void
the_command_line_has_the_last_word_over_variables(void **state)
{
	(void)state;
	setenv("T_JOBS", "7", 1);
	setenv("T_WAIT_TIME", "3", 1);
	setenv("T_ALL", "1", 1);
	assert_int_equal(parse("-j 8"), 3);
	assert_int_equal(number, 8);
	assert_int_equal(ms, 3000);
	assert_int_equal(flag, 1);
}

static void
a_flag_is_a_yes_or_a_no_in_a_variable(void **state)
{
	static const char *const no[] = { "", "0", "no", "false", "off" };
	size_t i;

	(void)state;
	for (i = 0; i < countof(no); i++) {
		setenv("T_ALL", no[i], 1);
		assert_int_equal(parse(""), 1);
		assert_int_equal(flag, 0);
	}
	setenv("T_ALL", "perhaps", 1);
	assert_int_equal(parse(""), -1);
	assert_non_null(strstr(said, "$T_ALL: bad value \"perhaps\""));
	setenv("T_ALL", "yes", 1);
	assert_int_equal(parse(""), 1);
	assert_int_equal(flag, 1);
}

static void
an_empty_variable_is_as_good_as_none(void **state)
{
	(void)state;
	setenv("T_JOBS", "", 1);
	assert_int_equal(parse(""), 1);
	assert_int_equal(number, 0);
	setenv("T_JOBS", "x", 1);
	assert_int_equal(parse(""), -1);
	assert_non_null(strstr(said, "$T_JOBS: bad value \"x\""));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_taken_in_every_form),
		TEST(parsing_ends_at_the_first_operand_and_at_two_dashes),
		TEST(help_is_told_apart),
		TEST(mistakes_are_named_in_one_line),
		TEST(
		    the_command_line_has_the_last_word_over_variables),
		TEST(a_flag_is_a_yes_or_a_no_in_a_variable),
		TEST(an_empty_variable_is_as_good_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
