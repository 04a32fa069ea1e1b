/* label_test.c - from a container's labels to a list of commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "handlers/container.h"
#include "handlers/exec.h"
#include "handlers/label.h"
#include "handlers/policy.h"
#include "lib/log.h"
#include "lib/strbuf.h"

static struct container c;
static struct exec x;
static struct label_rules rules;
static char said[65536];	/* on stderr, by the last apply() */

static int
enter(void **state)
{
	(void)state;
	c = (struct container){ .name = "app", .keys = STRVEC_INIT,
	    .values = STRVEC_INIT };
	rules = (struct label_rules){ "docker-events.", STRVEC_INIT, 0 };
	exec_init(&x);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	strvec_release(&c.keys);
	strvec_release(&c.values);
	strvec_release(&rules.names);
	exec_release(&x);
	return 0;
}

static void
label(const char *key, const char *value)
{
	strvec_push(&c.keys, key);
	strvec_push(&c.values, value);
}

static unsigned
apply(void)
{
	int log = memfd_create("log", MFD_CLOEXEC), err = dup(STDERR_FILENO);
	unsigned refused;
	ssize_t n;

	dup2(log, STDERR_FILENO);
	refused = label_commands(&rules, &c, &x);
	dup2(err, STDERR_FILENO);
	close(err);
	n = pread(log, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(log);
	return refused;
}

static void
assert_said(const char *text)
{
	if (!strstr(said, text))
		fail_msg("not said: %s\nbut: %s", text, said);
}

/* Command i, its words joined by blanks. */
static const char *
command(size_t i)
{
	static struct strbuf b;
	size_t k;

	if (!b.s)
		b = (struct strbuf)STRBUF_INIT;
	strbuf_clear(&b);
	assert_true(i < x.n);
	for (k = 0; k < x.cmd[i].argv.n; k++)
		strbuf_addf(&b, "%s%s", k ? " " : "", x.cmd[i].argv.v[k]);
	return b.s;
}

static void
a_label_becomes_commands_in_its_order(void **state)
{
	(void)state;
	label("docker-events.route", "delete default; add default via "
	    "10.0.0.1;\nadd 10.0.0.0/8 via 10.0.0.2 ;;");
	assert_int_equal(apply(), 0);
	assert_string_equal(said, "");
	assert_int_equal(x.n, 3);
	assert_non_null(strstr(command(0), "route delete default"));
	assert_non_null(strstr(command(1), "route add default via 10.0.0.1"));
	assert_non_null(strstr(command(2),
	    "route add 10.0.0.0/8 via 10.0.0.2"));
	assert_string_equal(x.cmd[0].label, "docker-events.route");
	assert_string_equal(x.cmd[0].text, "delete default");
	assert_string_equal(x.cmd[2].text, "add 10.0.0.0/8 via 10.0.0.2");
	assert_int_equal(x.cmd[2].kind, NETCMD_ROUTE);
}

static void
kinds_are_applied_in_the_order_of_their_needs(void **state)
{
	static const enum netcmd_kind order[] = { NETCMD_SYSCTL,
		NETCMD_ADDRESS, NETCMD_ROUTE, NETCMD_RULE, NETCMD_HOST_ROUTE };
	size_t i;

	(void)state;
	rules.allowed = POLICY_HOST_ROUTE;
	label("docker-events.host-route", "add 10.8.0.0/16 via 10.0.0.2");
	label("docker-events.rule", "add from 10.0.1.4 table 100");
	label("docker-events.route", "add default via 10.0.0.1");
	label("docker-events.address", "add 10.0.1.4/16 dev eth0");
	label("docker-events.sysctl", "net.ipv4.ip_forward=1");
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(x.cmd[i].kind, order[i]);
	assert_true(exec_wants(&x, 0));
	assert_true(exec_wants(&x, 1));
}

static void
a_label_may_name_the_start_event(void **state)
{
	(void)state;
	label("docker-events.start.route", "add default via 10.0.0.1");
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, 1);
	assert_string_equal(x.cmd[0].label, "docker-events.start.route");
}

static void
an_unknown_kind_is_told_and_the_others_are_applied(void **state)
{
	(void)state;
	label("docker-events.reboot", "now");
	label("docker-events.", "x");
	label("docker-events.route ", "x");
	label("docker-events.ROUTE", "x");
	label("docker-events.route", "add default via 10.0.0.1");
	assert_int_equal(apply(), 4);
	assert_said("\"label refused\" container=app "
	    "label=docker-events.reboot");
	assert_said("no such kind");
	assert_int_equal(x.n, 1);
}

static void
a_bad_command_is_told_and_the_next_one_goes_on(void **state)
{
	(void)state;
	label("docker-events.route", "add default via nonsense; add 'x;"
	    " add default via 10.0.0.1");
	assert_int_equal(apply(), 2);	/* the quote swallows the rest */
	assert_int_equal(x.n, 0);
	leave(NULL);
	enter(NULL);
	label("docker-events.route", "add default via nonsense;"
	    "add default via 10.0.0.1; exec reboot");
	assert_int_equal(apply(), 2);
	assert_int_equal(x.n, 1);
	assert_said("\"command refused\" container=app "
	    "label=docker-events.route "
	    "command=\"add default via nonsense\" reason=");
	assert_said("command=\"exec reboot\" reason=");
}

static void
host_route_needs_the_operators_word(void **state)
{
	(void)state;
	label("docker-events.host-route", "add 10.8.0.0/16 via 10.0.0.2;"
	    "add 10.9.0.0/16 via 10.0.0.2");
	assert_int_equal(apply(), 1);	/* one line, not one for each */
	assert_int_equal(x.n, 0);
	assert_said("--allow host-route");
	rules.allowed = POLICY_HOST_ROUTE;
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, 2);
	assert_false(exec_wants(&x, 0));
}

static void
only_names_that_the_operator_gave_are_expanded(void **state)
{
	(void)state;
	setenv("VPN_IP", "10.7.7.7", 1);
	setenv("SECRET", "10.6.6.6", 1);
	unsetenv("NOT_SET");
	strvec_push(&rules.names, "VPN_IP");
	strvec_push(&rules.names, "NOT_SET");
	label("docker-events.route", "add default via $VPN_IP;"
	    "add default via $SECRET;add default via ${NOT_SET};"
	    "add default via '$VPN_IP'");
	assert_int_equal(apply(), 3);
	assert_int_equal(x.n, 1);
	assert_non_null(strstr(command(0), "via 10.7.7.7"));
	assert_null(strstr(said, "10.6.6.6"));
	/* as written: a log line does not tell what a variable holds */
	assert_string_equal(x.cmd[0].text, "add default via $VPN_IP");
}

static char *
repeat(const char *s, size_t n)
{
	struct strbuf b = STRBUF_INIT;

	while (n--)
		strbuf_adds(&b, s);
	return b.s;
}

static void
a_label_that_is_too_long_is_refused_whole(void **state)
{
	char *text = repeat(" ", LABEL_MAX);

	(void)state;
	memcpy(text, "add default via 10.0.0.1", 24);
	label("docker-events.route", text);
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, 1);
	leave(NULL);
	enter(NULL);
	label("docker-events.route", text);
	strvec_release(&c.values);
	free(text);
	text = repeat("x", LABEL_MAX + 1);
	strvec_push(&c.values, text);
	free(text);
	assert_int_equal(apply(), 1);
	assert_int_equal(x.n, 0);
	assert_true(strlen(said) < 512);	/* and is not told whole */
	assert_said("64 KiB");
}

static void
a_label_with_too_many_commands_is_refused_whole(void **state)
{
	char *text = repeat("del default;", LABEL_COMMANDS - 1);

	(void)state;
	label("docker-events.route", text);
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, LABEL_COMMANDS - 1);
	free(text);
	text = repeat("del default;", LABEL_COMMANDS);
	leave(NULL);
	enter(NULL);
	label("docker-events.route", text);
	free(text);
	assert_int_equal(apply(), 1);
	assert_int_equal(x.n, 0);
	assert_said("256 commands");
}

static void
an_empty_label_is_nothing_to_do(void **state)
{
	(void)state;
	label("docker-events.route", "");
	label("docker-events.rule", " ; \n;\t");
	assert_int_equal(apply(), 0);
	assert_int_equal(x.n, 0);
	assert_string_equal(said, "");
}

static void
hostile_bytes_reach_the_log_escaped(void **state)
{
	const char *p;

	(void)state;
	c.name = "app\x1b]0;x\a";
	label("docker-events.x\x1b[2J\n", "y");
	label("docker-events.route", "add \x1b[31m\r\n'\x9b\xff'");
	assert_int_equal(apply(), 2);
	for (p = said; *p; p++)
		assert_true((*p >= ' ' && *p <= '~') || *p == '\n');
	assert_int_equal(said[strlen(said) - 1], '\n');
	p = strchr(said, '\n');
	assert_ptr_equal(strchr(p + 1, '\n'), said + strlen(said) - 1);
}

static void
hundreds_of_wrong_labels_do_not_flood_the_log(void **state)
{
	char key[64];
	const char *p;
	int i, lines = 0;

	(void)state;
	for (i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "docker-events.unknown%d", i);
		label(key, "x");
	}
	label("docker-events.route", "add default via 10.0.0.1");
	assert_int_equal(apply(), 200);
	assert_int_equal(x.n, 1);
	for (p = said; (p = strchr(p, '\n')); p++)
		lines++;
	assert_in_range(lines, 2, 64);
	assert_said("is not told");
}

static void
a_rule_without_priority_gets_the_same_one_each_time(void **state)
{
	(void)state;
	label("docker-events.rule", "add from 10.0.0.1 table 1;"
	    "add from 10.0.0.2 table 2; add from 10.0.0.3 table 3 pref 100;"
	    "add from 10.0.0.4 table 4; del from 10.0.0.5 table 5");
	assert_int_equal(apply(), 0);
	assert_string_equal(command(0),
	    "ip rule add from 10.0.0.1 table 1 pref 32765");
	assert_string_equal(command(1),
	    "ip rule add from 10.0.0.2 table 2 pref 32764");
	assert_string_equal(command(2),
	    "ip rule add from 10.0.0.3 table 3 pref 100");
	assert_string_equal(command(3),
	    "ip rule add from 10.0.0.4 table 4 pref 99");
	assert_string_equal(command(4), "ip rule del from 10.0.0.5 table 5");
}

static void
a_rule_with_priority_0_keeps_it(void **state)
{
	(void)state;
	label("docker-events.rule", "add from 10.0.0.1 table 1 pref 0");
	assert_int_equal(apply(), 0);
	assert_string_equal(command(0),
	    "ip rule add from 10.0.0.1 table 1 pref 0");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_label_becomes_commands_in_its_order),
		TEST(kinds_are_applied_in_the_order_of_their_needs),
		TEST(a_label_may_name_the_start_event),
		TEST(an_unknown_kind_is_told_and_the_others_are_applied),
		TEST(a_bad_command_is_told_and_the_next_one_goes_on),
		TEST(host_route_needs_the_operators_word),
		TEST(only_names_that_the_operator_gave_are_expanded),
		TEST(a_label_that_is_too_long_is_refused_whole),
		TEST(a_label_with_too_many_commands_is_refused_whole),
		TEST(an_empty_label_is_nothing_to_do),
		TEST(hostile_bytes_reach_the_log_escaped),
		TEST(hundreds_of_wrong_labels_do_not_flood_the_log),
		TEST(a_rule_without_priority_gets_the_same_one_each_time),
		TEST(a_rule_with_priority_0_keeps_it),
	};

	log_format = LOG_LOGFMT;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
