#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "init/dialect.h"
#include "lib/util.h"

static struct life life;
static char *words[32];

/* The words of line, which live until the next call. */
static int
split(const char *line)
{
	static char text[256];
	char *p;
	int n = 0;

	snprintf(text, sizeof(text), "%s", line);
	for (p = strtok(text, " "); p; p = strtok(NULL, " "))
		words[n++] = p;
	words[n] = NULL;
	memset(&life, 0, sizeof(life));
	return n;
}

static void
assert_lives(int status, const char *program)
{
	size_t i;

	assert_int_equal(status, DIALECT_LIVE);
	assert_string_equal(life.argv[0], program);
	/* no signal starts a deadline that ends the program */
	for (i = 0; i < countof(life.signals.stop); i++)
		assert_int_equal(life.signals.stop[i], 0);
	assert_int_equal(life.leave, 1);
	assert_int_equal(life.by_shell, 1);
	assert_int_equal(life.kill_ms, 5000);
}

static int
no_variables(void **state)
{
	(void)state;
	return unsetenv("TINI_SUBREAPER") | unsetenv("TINI_VERBOSITY") |
	    unsetenv("TINI_KILL_PROCESS_GROUP") |
	    unsetenv("DUMB_INIT_DEBUG") | unsetenv("DUMB_INIT_SETSID") |
	    unsetenv("CATATONIT_DEBUG");
}

static void
tini_reads_its_options(void **state)
{
	(void)state;
	assert_lives(tini_parse(split("tini sleep 1"), words, &life), "sleep");
	assert_int_equal(life.no_reaper, 1);
	assert_int_equal(life.group, 0);
	assert_int_equal(life.pdeathsig, 0);
	assert_int_equal(life.signals.drop[SIGTSTP], 0);
	assert_int_equal(life.signals.drop[SIGTTIN], 1);
	assert_int_equal(life.signals.drop[SIGTTOU], 1);
	assert_lives(tini_parse(split("tini -sgvv -p SIGKILL -e 3 -e4 -- a -g"),
	    words, &life), "a");
	assert_string_equal(life.argv[1], "-g");
	assert_int_equal(life.no_reaper, 0);
	assert_int_equal(life.group, 1);
	assert_int_equal(life.pdeathsig, SIGKILL);
	assert_int_equal(tini_status(3), 0);
	assert_int_equal(tini_status(4), 0);
	assert_int_equal(tini_status(5), 5);
	/* nothing is kept for the next */
	assert_lives(tini_parse(split("tini -- -s"), words, &life), "-s");
	assert_int_equal(tini_status(3), 3);
}

static void
tini_reads_its_variables(void **state)
{
	(void)state;
	setenv("TINI_SUBREAPER", "", 1);
	setenv("TINI_KILL_PROCESS_GROUP", "", 1);
	assert_lives(tini_parse(split("tini a"), words, &life), "a");
	assert_int_equal(life.no_reaper, 0);
	assert_int_equal(life.group, 1);
}

static void
dumb_init_has_a_session_unless_told(void **state)
{
	static const char *const alone[] = {
		"dumb-init -c a", "dumb-init --single-child -- a",
		"dumb-init --single a",
	};
	size_t i;

	(void)state;
	assert_lives(dumbinit_parse(split("dumb-init a"), words, &life), "a");
	assert_int_equal(life.session, 1);
	assert_int_equal(life.group, 1);
	assert_int_equal(life.signals.as[SIGTSTP], SIGSTOP);
	for (i = 0; i < countof(alone); i++) {
		assert_lives(dumbinit_parse(split(alone[i]), words, &life),
		    "a");
		assert_int_equal(life.session, 0);
		assert_int_equal(life.group, 0);
		assert_int_equal(life.no_group, 1);
		assert_int_equal(life.signals.as[SIGTSTP], 0);
	}
	setenv("DUMB_INIT_SETSID", "0", 1);
	assert_lives(dumbinit_parse(split("dumb-init a"), words, &life), "a");
	assert_int_equal(life.session, 0);
	assert_int_equal(life.pauses, 1);
	assert_int_equal(life.cannot_run, 2);
	assert_int_equal(life.leave_sig, SIGTERM);
	assert_int_equal(life.no_reaper, 1);
}

static void
dumb_init_rewrites_by_number(void **state)
{
	(void)state;
	assert_lives(dumbinit_parse(split("dumb-init -r 1:31 --rewrite 20:15 "
	    "--rewrite=21:0 -r31:1 a -r"), words, &life), "a");
	assert_int_equal(life.signals.as[1], 31);
	assert_int_equal(life.signals.as[31], 1);
	assert_int_equal(life.signals.as[SIGTSTP], SIGTERM);
	assert_int_equal(life.signals.drop[SIGTTIN], 1);
	assert_int_equal(life.signals.as[SIGTTOU], SIGSTOP);
}

static void
dumb_init_rewrites_the_signal_at_the_end(void **state)
{
	(void)state;
	assert_lives(dumbinit_parse(split("dumb-init -r 15:2 a"), words,
	    &life), "a");
	assert_int_equal(life.leave_sig, SIGINT);
	assert_lives(dumbinit_parse(split("dumb-init -r 15:0 a"), words,
	    &life), "a");
	assert_int_equal(life.leave_sig, 0);
}

static void
catatonit_keeps_the_terminals_stops(void **state)
{
	(void)state;
	assert_lives(catatonit_parse(split("catatonit -g -- a"), words, &life),
	    "a");
	assert_int_equal(life.group, 1);
	assert_int_equal(life.signals.drop[SIGTSTP], 1);
	assert_int_equal(life.signals.drop[SIGTTIN], 1);
	assert_int_equal(life.signals.drop[SIGTTOU], 1);
	assert_int_equal(life.cannot_run, 1);
	assert_int_equal(life.no_reaper, 0);
	assert_int_equal(catatonit_parse(split("catatonit -P"), words, &life),
	    DIALECT_LIVE);
}

/* What was made for it. */
static void
free_made(char **out, int n)
{
	int i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; words[k] && words[k] != out[i]; k++)
			;
		if (!words[k])
			free(out[i]);
	}
}

static void
docks_options_become_ours(void **state)
{
	static const char *const rows[][2] = {
		{ "dock a -io x", "dock a -io x" },
		{ "dock -io tcp://h:1 -thug a",
		  "dock --io=tcp://h:1 --thug a" },
		{ "dock --io=x -web-hook=y a", "dock --io=x --web-hook=y a" },
		{ "dock -d -i --debug --interactive -- -a",
		  "dock --verbose --verbose -- -a" },
		{ "dock -stdout-prefix -thug a",
		  "dock --stdout-prefix=-thug a" },
		{ "dock -thug=true -d=1 -i=T -thug=FALSE a",
		  "dock --thug --verbose a" },
		{ "dock -debug=false -thug=maybe a", "dock --thug=maybe a" },
		{ "dock -log-rotate 0 --io= -web-hook=y a",
		  "dock --web-hook=y a" },
		{ "dock -log-rotate 12 a", "dock --log-rotate=12 a" },
		{ "dock -io", "dock --io" },
		{ "dock -no-such a", "dock -no-such a" },
		{ "dock", "dock" },
	};
	char *out[34], text[256];
	size_t i;
	int k, n;

	(void)state;
	for (i = 0; i < countof(rows); i++) {
		n = dock_rewrite(split(rows[i][0]), words, out);
		text[0] = '\0';
		for (k = 0; k < n; k++) {
			strcat(text, k ? " " : "");
			strcat(text, out[k]);
		}
		assert_null(out[n]);
		assert_string_equal(text, rows[i][1]);
		free_made(out, n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tini_reads_its_options, no_variables),
		cmocka_unit_test_setup(tini_reads_its_variables, no_variables),
		cmocka_unit_test_setup(dumb_init_has_a_session_unless_told,
		    no_variables),
		cmocka_unit_test_setup(dumb_init_rewrites_by_number,
		    no_variables),
		cmocka_unit_test_setup(
		    dumb_init_rewrites_the_signal_at_the_end, no_variables),
		cmocka_unit_test_setup(catatonit_keeps_the_terminals_stops,
		    no_variables),
		cmocka_unit_test(docks_options_become_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
