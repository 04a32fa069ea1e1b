#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "init/uri.h"
#include "lib/util.h"

static void
each_scheme_has_its_kind_and_address(void **state)
{
	static const struct {
		const char *text;
		enum uri_kind kind;
		int family, log, interactive;
		const char *host, *port, *path;
	} rows[] = {
		{ "file:///var/log/x", URI_FILE, 0, 0, 0, "", "",
		  "/var/log/x" },
		{ "/var/log/x y", URI_FILE, 0, 0, 0, "", "", "/var/log/x y" },
		{ "file://x?log", URI_FILE, 0, 1, 0, "", "", "x" },
		{ "tcp://h:1", URI_TCP, 0, 0, 1, "h", "1", "" },
		{ "tcp://h:65535?log", URI_TCP, 0, 1, 0, "h", "65535", "" },
		{ "tcp4://h.x:80", URI_TCP, AF_INET, 0, 1, "h.x", "80", "" },
		{ "tcp6://[::1]:80", URI_TCP, AF_INET6, 0, 1, "::1", "80", "" },
		{ "tls://h:443", URI_TLS, 0, 0, 1, "h", "443", "" },
		{ "ssl://h:443?log", URI_TLS, 0, 1, 0, "h", "443", "" },
		{ "udp://h:514", URI_UDP, 0, 0, 0, "h", "514", "" },
		{ "udp4://1.2.3.4:514", URI_UDP, AF_INET, 0, 0, "1.2.3.4",
		  "514", "" },
		{ "udp6://[fe80::1%eth0]:514?log", URI_UDP, AF_INET6, 1, 0,
		  "fe80::1%eth0", "514", "" },
		{ "unix:///run/x", URI_UNIX, AF_UNIX, 0, 1, "", "", "/run/x" },
		{ "unix://x", URI_UNIX, AF_UNIX, 0, 1, "", "", "x" },
		{ "unixgram:///run/x", URI_UNIXGRAM, AF_UNIX, 0, 0, "", "",
		  "/run/x" },
		{ "unixpacket:///run/x?log", URI_UNIXPACKET, AF_UNIX, 1, 0, "",
		  "", "/run/x" },
	};
	static struct uri u;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < countof(rows); i++) {
		if (uri_parse(&u, rows[i].text, &why) < 0)
			fail_msg("%s: expected %s", rows[i].text, why);
		assert_int_equal(u.kind, rows[i].kind);
		assert_int_equal(u.family, rows[i].family);
		assert_int_equal(u.log, rows[i].log);
		assert_int_equal(uri_is_interactive(&u), rows[i].interactive);
		assert_string_equal(u.host, rows[i].host);
		assert_string_equal(u.port, rows[i].port);
		assert_string_equal(u.path, rows[i].path);
	}
}

static void
malformed_ones_are_refused_with_the_reason(void **state)
{
	static const char *const rows[][2] = {
		{ "", "SCHEME://" }, { "x", "SCHEME://" },
		{ "tcp:/h:1", "SCHEME://" }, { "://h:1", "before ://" },
		{ "http://h:1", "before ://" }, { "TCP://h:1", "before ://" },
		{ "ip://1.2.3.4", "raw IP" }, { "ip4://h:1", "raw IP" },
		{ "ip6://h", "raw IP" }, { "tcp://", "HOST:PORT" },
		{ "tcp://h", "HOST:PORT" }, { "tcp://:1", "HOST:PORT" },
		{ "tcp://h:1/x", "HOST:PORT" }, { "tcp://a b:1", "HOST:PORT" },
		{ "tcp://u@h:1", "HOST:PORT" }, { "tcp://[]:1", "HOST:PORT" },
		{ "tcp://[::1:1", "brackets" }, { "tcp://::1:1", "brackets" },
		{ "tcp://[a]b:1", "HOST:PORT" }, { "tcp://h:", "port" },
		{ "tcp://h:0", "port" }, { "tcp://h:65536", "port" },
		{ "tcp://h:01", "port" }, { "tcp://h:-1", "port" },
		{ "tcp://h:1x", "port" }, { "tcp://h:99999999999", "port" },
		{ "tcp://h:1?x", "?log" }, { "tcp://h:1?log=1", "?log" },
		{ "tcp://h:1?", "?log" }, { "unix://", "path" },
		{ "file://", "path" }, { "file:///a\nb", "path" },
	};
	static struct uri u;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < countof(rows); i++) {
		if (uri_parse(&u, rows[i][0], &why) == 0)
			fail_msg("%s is taken", rows[i][0]);
		if (!strstr(why, rows[i][1]))
			fail_msg("%s: expected %s", rows[i][0], why);
	}
}

static void
what_does_not_fit_is_refused(void **state)
{
	static struct uri u;
	static char text[PATH_MAX + 64];
	const char *why;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "unix:///", 8);
	text[7 + 108] = '\0';
	assert_int_equal(uri_parse(&u, text, &why), -1);
	assert_non_null(strstr(why, "107"));
	text[7 + 107] = '\0';
	assert_int_equal(uri_parse(&u, text, &why), 0);
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "file:///", 8);
	assert_int_equal(uri_parse(&u, text, &why), -1);
	memcpy(text, "tcp://aa", 8);
	memcpy(text + 300, ":1", 3);
	assert_int_equal(uri_parse(&u, text, &why), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_scheme_has_its_kind_and_address),
		cmocka_unit_test(malformed_ones_are_refused_with_the_reason),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
