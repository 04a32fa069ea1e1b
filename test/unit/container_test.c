/* container_test.c - what inspect tells, by two engines and by none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/container.h"
#include "lib/json.h"

static struct json j;
static struct container c;

static int
leave(void **state)
{
	(void)state;
	json_release(&j);
	container_release(&c);
	return 0;
}

static int
parse(const char *text, const char *prefix)
{
	assert_int_equal(json_parse(&j, text, strlen(text)), 0);
	container_release(&c);
	return container_parse(&c, &j, prefix);
}

static void
parse_file(const char *path, const char *prefix)
{
	static char text[16384];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	assert_int_equal(parse(text, prefix), 0);
}

static void
a_container_of_docker_is_read(void **state)
{
	(void)state;
	parse_file("test/data/docker-20.10.inspect.json", "com.example.");
	assert_string_equal(c.id, "4028714986f070dedc5f78ff90ded0f8"
	    "13fa35b7da3682c2f3ce356a7ea34907");
	assert_string_equal(c.name, "ev1");
	assert_string_equal(c.started_at, "2026-11-21T22:49:26.434192084Z");
	assert_string_equal(c.network_mode, "default");
	assert_int_equal(c.pid, 22030);
	assert_int_equal(c.running, 1);
	assert_int_equal(c.keys.n, 1);
	assert_string_equal(c.keys.v[0], "com.example.role");
	assert_string_equal(c.values.v[0], "db");
}

static void
a_container_of_podman_is_read(void **state)
{
	(void)state;
	parse_file("test/data/podman-4.3.inspect.json", "my.");
	assert_string_equal(c.name, "ev1");
	assert_string_equal(c.started_at, "2026-11-21T22:50:57.122118607Z");
	assert_string_equal(c.network_mode, "bridge");
	assert_int_equal(c.pid, 26892);
	assert_int_equal(c.keys.n, 1);
	assert_string_equal(c.keys.v[0], "my.label");
	assert_string_equal(c.values.v[0], "x=y, z");
}

static void
labels_without_our_prefix_are_left_out(void **state)
{
	(void)state;
	parse_file("test/data/docker-20.10.inspect.json", "docker-events.");
	assert_int_equal(c.keys.n, 0);
	assert_int_equal(c.values.n, 0);
}

static void
labels_keep_their_order_and_lose_their_escapes(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"Id\":\"a\",\"State\":{\"Pid\":1},"
	    "\"Config\":{\"Labels\":{\"p.z\":\"a\\u003cb\\n\",\"q\":\"\","
	    "\"p.a\":\"\",\"p.n\":5}}}", "p."), 0);
	assert_int_equal(c.keys.n, 2);
	assert_int_equal(c.values.n, 2);
	assert_string_equal(c.keys.v[0], "p.z");
	assert_string_equal(c.values.v[0], "a<b\n");
	assert_string_equal(c.keys.v[1], "p.a");
}

static void
a_container_that_does_not_run_has_no_pid(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"Id\":\"a\",\"Name\":\"b\",\"State\":"
	    "{\"Pid\":0,\"Running\":false}}", "p."), 0);
	assert_int_equal(c.pid, 0);
	assert_int_equal(c.running, 0);
	assert_string_equal(c.name, "b");
	assert_string_equal(c.started_at, "");
}

static void
a_pid_that_cannot_be_is_none(void **state)
{
	static const char *const bad[] = { "-1", "4294967296", "2147483648",
		"99999999999999999999", "\"1\"", "null", "{}" };
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "{\"Id\":\"a\",\"State\":"
		    "{\"Pid\":%s,\"Running\":true}}", bad[i]);
		assert_int_equal(parse(text, "p."), 0);
		assert_int_equal(c.pid, 0);
	}
}

static void
what_is_no_container_is_refused(void **state)
{
	static const char *const bad[] = { "{}", "[]", "{\"Id\":\"a\"}",
		"{\"Id\":\"\",\"State\":{\"Pid\":1}}",
		"{\"State\":{\"Pid\":1}}",
		"{\"message\":\"no such container\"}",
		"{\"Id\":5,\"State\":{\"Pid\":1}}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		errno = 0;
		assert_int_equal(parse(bad[i], "p."), -1);
		assert_int_equal(errno, EBADMSG);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_container_of_docker_is_read),
		TEST(a_container_of_podman_is_read),
		TEST(labels_without_our_prefix_are_left_out),
		TEST(labels_keep_their_order_and_lose_their_escapes),
		TEST(a_container_that_does_not_run_has_no_pid),
		TEST(a_pid_that_cannot_be_is_none),
		TEST(what_is_no_container_is_refused),
	};

	c.keys = c.values = (struct strvec)STRVEC_INIT;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
