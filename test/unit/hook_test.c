/* hook_test.c - which URLs are web hooks, what messages call them, and what
 * they are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include <cmocka.h>

#include "init/hook.h"
#include "lib/json.h"
#include "lib/strbuf.h"
#include "lib/util.h"

static void
web_hooks_are_recognized(void **state)
{
	static const char *const good[] = {
		"http://h", "https://h", "HTTP://h/", "hTTps://h", "http://h?q",
		"http://h#f", "http://h:1", "http://h:65535/", "http://h:080/x",
		"http://a_b-c.d.", "http://10.0.0.1:80/a/b?c=d#e",
		"http://[::1]", "http://[::1]:8080/x",
		"http://[fe80::1%25eth0]/", "http://user:pass@h:80/x",
		"http://user@[::1]/",
		"http://h/a@b:c", "http://h/?a@b", "http://@h",
		"http://h/\xc3\xa9",
	};
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < countof(good); i++)
		if (hook_url(good[i], &why) != 0)
			fail_msg("%s is refused", good[i]);
}

static void
what_is_no_web_hook_is_refused_with_what_was_expected(void **state)
{
	static const char *const bad[] = {
		"", "h", "//h", "http", "http:", "http:/h", "http//h",
		"ftp://h", "httpss://h", "file:///x", "http://", "http:///x",
		"http://?q", "http://:80/", "http://user@", "http://user@:80",
		"http://h:", "http://h:/x", "http://h:0", "http://h:65536",
		"http://h:99999999999999999999", "http://h:8x", "http://h:-1",
		"http://h:+1", "http://h:80:80", "http://::1/", "http://[::1",
		"http://[]/", "http://[::1]x", "http://[1.2.3.4]/",
		"http://[::1%/]", "http://[::g]/", "http://a b/",
		"http://h/a b", "http://h/\t", "http://h/\n", "http://h/\x7f",
		" http://h", "http://h ", "http://a@b@c/", "http://h\\x",
		"http://{h}/", "http://$h/", "http://h,i/", "http://\xc3\xa9/",
	};
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < countof(bad); i++) {
		why = NULL;
		if (hook_url(bad[i], &why) != -1)
			fail_msg("%s is taken", bad[i]);
		assert_string_equal(why,
		    "http://HOST[:PORT][/PATH] or https://...");
	}
}

static void
a_message_names_a_web_hook_without_its_secrets(void **state)
{
	static const struct {
		const char *url, *name;
	} table[] = {
		{ "http://h", "http://h" },
		{ "https://h:1/a/b", "https://h:1/a/b" },
		{ "http://user:pass@h:80/x?token=1#f", "http://h:80/x" },
		{ "http://h?token=1", "http://h" },
		{ "http://h#f?g", "http://h" },
		{ "http://h/@a", "http://h/@a" },
		{ "HTTPS://u@[::1]:8/x", "HTTPS://[::1]:8/x" },
	};
	struct strbuf b = STRBUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < countof(table); i++) {
		strbuf_clear(&b);
		hook_name(&b, table[i].url);
		assert_string_equal(b.s, table[i].name);
	}
	strbuf_release(&b);
}

/* ---- the payload ---- */

static struct ifaddrs list[16];
static union {
	struct sockaddr a;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
} addrs[16];
static int n;

/* address NULL: what comes for the link itself, with an address or without */
static void
add(const char *name, const char *address)
{
	struct ifaddrs *i = &list[n];
	void *to = &addrs[n].in.sin_addr;

	*i = (struct ifaddrs){ .ifa_name = (char *)name };
	if (n > 0)
		list[n - 1].ifa_next = i;
	addrs[n].a.sa_family = AF_PACKET;
	if (address) {
		addrs[n].a.sa_family = AF_INET;
		if (strchr(address, ':')) {
			addrs[n].a.sa_family = AF_INET6;
			to = &addrs[n].in6.sin6_addr;
		}
		assert_int_equal(inet_pton(addrs[n].a.sa_family, address, to),
		    1);
		addrs[n].in6.sin6_scope_id = 7;
	}
	i->ifa_addr = &addrs[n].a;
	n++;
}

static void
assert_payload(const char *state, const char *want)
{
	struct strbuf b = STRBUF_INIT;
	struct json j = JSON_INIT;

	hook_payload(&b, state, n ? list : NULL);
	assert_string_equal(b.s, want);
	assert_int_equal(json_parse(&j, b.s, b.len), 0);
	json_release(&j);
	strbuf_release(&b);
	memset(addrs, 0, sizeof(addrs));
	n = 0;
}

static void
without_interfaces_the_list_is_empty(void **state)
{
	(void)state;
	assert_payload("starting",
	    "{\"ps\":{\"status\":\"starting\",\"net_interfaces\":[]}}");
}

static void
an_interface_comes_once_with_the_first_of_each_family(void **state)
{
	(void)state;
	add("lo", NULL);
	add("eth1", NULL);
	add("eth0", NULL);
	add("lo", "127.0.0.1");
	add("eth0", "10.0.0.2");
	add("eth0", "10.0.0.1");
	add("eth0:1", "10.0.0.3");
	add("lo", "::1");
	add("eth0", "fe80::2");
	add("eth0", "2001:db8::1");
	assert_payload("running",
	    "{\"ps\":{\"status\":\"running\",\"net_interfaces\":["
	    "{\"name\":\"lo\",\"ipv4\":\"127.0.0.1\",\"ipv6\":\"::1\"},"
	    "{\"name\":\"eth1\",\"ipv4\":\"\",\"ipv6\":\"\"},"
	    "{\"name\":\"eth0\",\"ipv4\":\"10.0.0.2\",\"ipv6\":\"fe80::2\"}"
	    "]}}");
}

static void
a_labelled_address_is_its_interfaces(void **state)
{
	(void)state;
	add("eth0", NULL);
	list[0].ifa_addr = NULL;
	add("eth00", NULL);
	add("eth0:1", "10.0.0.3");
	add("eth1:x", "10.0.0.4");
	assert_payload("crashed",
	    "{\"ps\":{\"status\":\"crashed\",\"net_interfaces\":["
	    "{\"name\":\"eth0\",\"ipv4\":\"10.0.0.3\",\"ipv6\":\"\"},"
	    "{\"name\":\"eth00\",\"ipv4\":\"\",\"ipv6\":\"\"},"
	    "{\"name\":\"eth1\",\"ipv4\":\"10.0.0.4\",\"ipv6\":\"\"}]}}");
}

static void
a_name_may_be_anything(void **state)
{
	(void)state;
	add("a\"\\\xff\x01", NULL);
	assert_payload("running",
	    "{\"ps\":{\"status\":\"running\",\"net_interfaces\":["
	    "{\"name\":\"a\\\"\\\\\xef\xbf\xbd\\u0001\",\"ipv4\":\"\","
	    "\"ipv6\":\"\"}]}}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(web_hooks_are_recognized),
		cmocka_unit_test(
		    what_is_no_web_hook_is_refused_with_what_was_expected),
		cmocka_unit_test(
		    a_message_names_a_web_hook_without_its_secrets),
		cmocka_unit_test(without_interfaces_the_list_is_empty),
		cmocka_unit_test(
		    an_interface_comes_once_with_the_first_of_each_family),
		cmocka_unit_test(a_labelled_address_is_its_interfaces),
		cmocka_unit_test(a_name_may_be_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
