#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/netcmd.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/util.h"
#include "lib/words.h"

/* The argv of a command, joined by spaces, or the error. */
static const char *
result(enum netcmd_kind kind, const char *text)
{
	static char s[512];
	struct strvec words = STRVEC_INIT, argv = STRVEC_INIT;
	struct strbuf b = STRBUF_INIT;

	assert_true(words_next(&words, &text, NULL, NULL, s, sizeof(s)) >= 0);
	strvec_push(&argv, "before");
	if (netcmd_check(kind, &words, &argv, s, sizeof(s)) == 0) {
		for (size_t i = 1; i < argv.n; i++)
			strbuf_addf(&b, "%s%s", i > 1 ? " " : "", argv.v[i]);
		assert_int_equal(fit(s, sizeof(s), "%s", b.s), 0);
	} else {
		assert_int_equal(argv.n, 1);
	}
	assert_string_equal(argv.v[0], "before");
	strbuf_release(&b);
	strvec_release(&words);
	strvec_release(&argv);
	return s;
}

struct row {
	const char *text, *result;
};

static void
check(enum netcmd_kind kind, const struct row *r, size_t n)
{
	for (; n > 0; n--, r++)
		assert_string_equal(result(kind, r->text), r->result);
}

static void
every_kind_has_a_name_and_is_found_by_it(void **state)
{
	(void)state;
	for (int k = 0; k < NETCMD_KINDS; k++)
		assert_int_equal(netcmd_find(netcmd_name(k)), k);
	assert_string_equal(netcmd_name(NETCMD_HOST_ROUTE), "host-route");
	assert_int_equal(netcmd_find("link"), -1);
	assert_int_equal(netcmd_find(""), -1);
	assert_null(netcmd_name(NETCMD_KINDS));
}

static void
the_words_follow_ip_and_its_object(void **state)
{
	(void)state;
	assert_string_equal(result(NETCMD_ADDRESS, "add 10.0.1.4/16 dev eth0"),
	    "ip address add 10.0.1.4/16 dev eth0");
	assert_string_equal(result(NETCMD_ROUTE, "delete default"),
	    "ip route delete default");
	assert_string_equal(result(NETCMD_RULE, "add from 10.0.1.4 table 100"),
	    "ip rule add from 10.0.1.4 table 100");
	assert_string_equal(result(NETCMD_HOST_ROUTE, "del 10.0.0.0/8"),
	    "ip route del 10.0.0.0/8");
}

static void
an_option_of_ip_comes_before_the_object(void **state)
{
	static const struct row r[] = {
		{ "-6 del default", "ip -6 route del default" },
		{ "-4 del default", "ip -4 route del default" },
		{ "-6", "word 2 \"\": expected one of: add change replace "
		    "append prepend delete del flush" },
		{ "-n 1 del default",
		    "word 1 \"-n\": expected no option but -4 and -6" },
	};

	(void)state;
	check(NETCMD_ROUTE, r, countof(r));
}

static void
an_ipv6_address_gets_nodad_once(void **state)
{
	static const struct row r[] = {
		{ "add fd00::4/64 dev eth0",
		    "ip address add fd00::4/64 dev eth0 nodad" },
		{ "replace dev eth0 fd00::4",
		    "ip address replace dev eth0 fd00::4 nodad" },
		{ "change fd00::4/64 dev eth0",
		    "ip address change fd00::4/64 dev eth0 nodad" },
		{ "add fd00::4/64 nodad dev eth0",
		    "ip address add fd00::4/64 nodad dev eth0" },
		{ "add fd00::4/64 optimistic dev eth0",
		    "ip address add fd00::4/64 optimistic dev eth0" },
		{ "del fd00::4/64 dev eth0",
		    "ip address del fd00::4/64 dev eth0" },
		{ "add 10.0.1.4 dev eth0 label eth0:1",
		    "ip address add 10.0.1.4 dev eth0 label eth0:1" },
	};

	(void)state;
	check(NETCMD_ADDRESS, r, countof(r));
}

/* ip ignores nodad as long as it has not seen an IPv6 address. */
static void
nodad_before_the_address_does_not_count(void **state)
{
	static const struct row r[] = {
		{ "add nodad fd00::4 dev eth0",
		    "ip address add nodad fd00::4 dev eth0 nodad" },
		{ "-6 add nodad fd00::4 dev eth0",
		    "ip -6 address add nodad fd00::4 dev eth0" },
	};

	(void)state;
	check(NETCMD_ADDRESS, r, countof(r));
}

/* Without -6 ip sends such a rule as one for IPv4. */
static void
an_ipv6_rule_gets_the_option(void **state)
{
	static const struct row r[] = {
		{ "add from fd00::4 table 100",
		    "ip -6 rule add from fd00::4 table 100" },
		{ "del to fd00::/8", "ip -6 rule del to fd00::/8" },
		{ "-6 add from fd00::4 table 100",
		    "ip -6 rule add from fd00::4 table 100" },
		{ "add from 10.0.0.4 table 100",
		    "ip rule add from 10.0.0.4 table 100" },
	};

	(void)state;
	check(NETCMD_RULE, r, countof(r));
	assert_string_equal(result(NETCMD_ROUTE, "flush fd00::/8"),
	    "ip -6 route flush fd00::/8");
	assert_string_equal(result(NETCMD_ROUTE, "add fd00::/8 dev eth0"),
	    "ip route add fd00::/8 dev eth0");
	assert_string_equal(
	    result(NETCMD_ROUTE, "add 10.0.0.0/8 via inet6 fe80::1 dev eth0"),
	    "ip route add 10.0.0.0/8 via inet6 fe80::1 dev eth0");
}

static void
an_error_names_the_word_and_what_was_expected(void **state)
{
	static const struct row r[] = {
		{ "add 10.0.0.300/8 dev eth0", "word 2 \"10.0.0.300/8\": "
		    "expected an address or prefix, or a keyword of "
		    "ip address add" },
		{ "add 10.0.0.1 dev eth0 reboot", "word 5 \"reboot\": "
		    "expected a keyword of ip address add" },
		{ "add 10.0.0.1 dev ../x",
		    "word 4 \"../x\": expected a device name" },
		{ "add 10.0.0.1 dev",
		    "word 3 \"dev\": expected a device name behind it" },
		{ "add 10.0.0.1 dev a dev b", "word 5 \"dev\": given twice" },
		{ "add 10.0.0.1",
		    "ip address add needs dev and a device name" },
		{ "flush",
		    "word 1 \"flush\": expected more words behind it" },
		{ "show", "word 1 \"show\": expected one of: "
		    "add change replace delete del flush" },
		{ "", "word 1 \"\": expected one of: "
		    "add change replace delete del flush" },
	};

	(void)state;
	check(NETCMD_ADDRESS, r, countof(r));
	assert_string_equal(result(NETCMD_ROUTE, "add dev eth0"),
	    "ip route add needs an address or prefix, default or all");
	assert_string_equal(result(NETCMD_ROUTE, "add default nexthop"),
	    "word 3 \"nexthop\": expected via behind it");
}

static void
what_reaches_outside_is_refused_with_the_reason(void **state)
{
	static const struct row r[] = {
		{ "add 10.0.0.0/8 netns 1", "word 3 \"netns\": not allowed in "
		    "a label: it reaches outside the container's namespace" },
		{ "add 10.0.0.0/8 encap bpf", "word 3 \"encap\": not allowed "
		    "in a label: it can load a program into the kernel" },
		{ "add 10.0.0.0/8 dev netns", "word 4 \"netns\": not allowed "
		    "in a label: it reaches outside the container's "
		    "namespace" },
	};

	(void)state;
	check(NETCMD_ROUTE, r, countof(r));
}

static void
an_error_shows_a_long_or_strange_word_cut_and_in_ascii(void **state)
{
	char word[300];
	const char *s;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	s = result(NETCMD_ROUTE, word);
	assert_true(strlen(s) < 160);
	assert_non_null(strstr(s, "xxx...\": expected"));
	s = result(NETCMD_ROUTE, "'a\nb \xd0\xb0\"'");
	assert_non_null(strstr(s, "word 1 \"a\\x0ab ??\\\"\": "));
}

/* ip looks for keywords before values: 'any' begins 'anycast'. */
static void
any_is_no_target_of_a_route(void **state)
{
	(void)state;
	assert_non_null(strstr(result(NETCMD_ROUTE, "add any dev lo"),
	    "word 2 \"any\": expected"));
	assert_string_equal(result(NETCMD_RULE, "add from any table 5"),
	    "ip rule add from any table 5");
}

static void
numbers_are_decimal_or_hexadecimal_and_in_range(void **state)
{
	static const char *const good[] = { "0", "1", "255", "4294967295",
		"0x1", "0xfF", "0xffffffff" };
	static const char *const bad[] = { "-1", "+1", "01", "00", "1.0",
		"4294967296", "0x100000000", "0x", "x", "1e3", "", " 1",
		"18446744073709551617" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		snprintf(text, sizeof(text), "add ::/0 metric '%s'", good[i]);
		assert_memory_equal(result(NETCMD_ROUTE, text), "ip ", 3);
	}
	for (size_t i = 0; i < countof(bad); i++) {
		snprintf(text, sizeof(text), "add ::/0 metric '%s'", bad[i]);
		assert_memory_equal(result(NETCMD_ROUTE, text), "word 4", 6);
	}
}

static void
lock_and_families_are_read_as_ip_reads_them(void **state)
{
	static const struct row r[] = {
		{ "add ::/0 mtu lock 1400", "ip route add ::/0 mtu lock 1400" },
		{ "add ::/0 mtu lock",
		    "word 4 \"lock\": expected a number behind it" },
		{ "add ::/0 mtu lock lock",
		    "word 5 \"lock\": expected a number" },
		{ "add ::/0 congctl lock",
		    "word 4 \"lock\": expected reno, cubic, bbr or "
		    "dctcp behind it" },
		{ "add ::/0 via inet6 fe80::1",
		    "ip route add ::/0 via inet6 fe80::1" },
		{ "add ::/0 via link fe80::1",
		    "word 4 \"link\": expected an address" },
		{ "add to blackhole ::/0", "ip route add to blackhole ::/0" },
		{ "add blackhole to ::/0",
		    "word 3 \"to\": expected an address or prefix, default "
		    "or all" },
	};

	(void)state;
	check(NETCMD_ROUTE, r, countof(r));
}

static void
behind_nexthop_only_its_own_keywords_count(void **state)
{
	static const struct row r[] = {
		{ "add default nexthop via 10.0.0.1 weight 1 nexthop dev a",
		    "ip route add default nexthop via 10.0.0.1 weight 1 "
		    "nexthop dev a" },
		{ "add default nexthop via 10.0.0.1 table 5",
		    "word 6 \"table\": expected a keyword of ip route add" },
		{ "add default nexthop via 10.0.0.1 via 10.0.0.2",
		    "word 6 \"via\": given twice" },
		{ "add nexthop via 10.0.0.1",
		    "ip route add needs an address or prefix, default or "
		    "all" },
	};

	(void)state;
	check(NETCMD_ROUTE, r, countof(r));
}

static void
a_sysctl_becomes_a_path_and_a_value(void **state)
{
	static const struct row r[] = {
		{ "net.ipv4.ip_forward=1", "net/ipv4/ip_forward 1" },
		{ "net.ipv4.conf.eth0/100.rp_filter=0",
		    "net/ipv4/conf/eth0.100/rp_filter 0" },
		{ "'net.ipv4.ip_local_port_range=1 2'",
		    "net/ipv4/ip_local_port_range 1 2" },
		{ "net.ipv4.x=a=b", "net/ipv4/x a=b" },
	};

	(void)state;
	check(NETCMD_SYSCTL, r, countof(r));
}

static void
a_sysctl_outside_of_net_or_of_the_namespace_is_refused(void **state)
{
	static const struct row r[] = {
		{ "kernel.x=1", "word 1 \"kernel.x=1\": expected a name that "
		    "begins with net." },
		{ "net.x", "word 1 \"net.x\": expected NAME=VALUE" },
		{ "net.x = 1",
		    "word 2 \"=\": expected one word, NAME=VALUE (quote a "
		    "value with blanks)" },
		{ "",
		    "word 1 \"\": expected one word, NAME=VALUE (quote a "
		    "value with blanks)" },
		{ "net..x=1", "word 1 \"net..x=1\": expected a name such as "
		    "net.ipv4.ip_forward" },
		{ "net.nf_conntrack_max=1", "word 1 "
		    "\"net.nf_conntrack_max=1\": not allowed in a label: it is "
		    "one for the whole machine" },
		{ "net.x=", "word 1 \"net.x=\": expected a value of 1 to 256 "
		    "printable characters" },
	};

	(void)state;
	check(NETCMD_SYSCTL, r, countof(r));
}

static void
a_value_of_a_sysctl_has_up_to_256_characters(void **state)
{
	char text[300] = "net.x=";

	(void)state;
	memset(text + 6, 'v', 256);
	assert_memory_equal(result(NETCMD_SYSCTL, text), "net/x v", 7);
	text[6 + 256] = 'v';
	assert_memory_equal(result(NETCMD_SYSCTL, text), "word 1", 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_and_is_found_by_it),
		cmocka_unit_test(the_words_follow_ip_and_its_object),
		cmocka_unit_test(an_option_of_ip_comes_before_the_object),
		cmocka_unit_test(an_ipv6_address_gets_nodad_once),
		cmocka_unit_test(nodad_before_the_address_does_not_count),
		cmocka_unit_test(an_ipv6_rule_gets_the_option),
		cmocka_unit_test(an_error_names_the_word_and_what_was_expected),
		cmocka_unit_test(
		    what_reaches_outside_is_refused_with_the_reason),
		cmocka_unit_test(
		    an_error_shows_a_long_or_strange_word_cut_and_in_ascii),
		cmocka_unit_test(any_is_no_target_of_a_route),
		cmocka_unit_test(
		    numbers_are_decimal_or_hexadecimal_and_in_range),
		cmocka_unit_test(lock_and_families_are_read_as_ip_reads_them),
		cmocka_unit_test(behind_nexthop_only_its_own_keywords_count),
		cmocka_unit_test(a_sysctl_becomes_a_path_and_a_value),
		cmocka_unit_test(
		    a_sysctl_outside_of_net_or_of_the_namespace_is_refused),
		cmocka_unit_test(a_value_of_a_sysctl_has_up_to_256_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
