/* event_test.c - events as engines have sent them, and as none should. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/event.h"
#include "lib/json.h"
#include "lib/strbuf.h"

static struct json j;
static struct event ev;

static int
leave(void **state)
{
	(void)state;
	json_release(&j);
	event_release(&ev);
	return 0;
}

static int
parse(const char *text)
{
	assert_int_equal(json_parse(&j, text, strlen(text)), 0);
	event_release(&ev);
	return event_parse(&ev, &j, "docker-events.");
}

/* Every line of a captured stream is an event.  seen(), for each. */
static int
each_line(const char *path, void (*seen)(const char *line))
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	int n = 0;

	assert_non_null(f);
	for (; getline(&line, &cap, f) > 0; n++) {
		assert_int_equal(parse(line), 0);
		assert_true(ev.time_ns > 1700000000000000000LL);
		assert_false(ev.labelled);
		if (seen)
			seen(line);
	}
	free(line);
	fclose(f);
	return n;
}

#define LONG_ACTION \
	"{\"Type\":\"c\",\"Action\":\"a-word-that-is-longer-than-any-action\"}"

static void
check_container(const char *line)
{
	if (strcmp(ev.type, "container") || !strcmp(ev.action, "prune"))
		return;
	assert_int_equal(strlen(ev.id), 64);
	assert_int_equal(strncmp(ev.name, "ev", 2), 0);
	assert_null(strchr(ev.action, ':'));
	assert_non_null(strstr(line, ev.action));
}

static void
every_event_that_docker_sent_is_read(void **state)
{
	(void)state;
	assert_int_equal(each_line("test/data/docker-20.10.jsonl",
	    check_container), 31);
}

static void
every_event_that_podman_sent_is_read(void **state)
{
	(void)state;
	assert_int_equal(each_line("test/data/podman-4.3.jsonl", NULL), 22);
}

static void
a_start_has_id_name_and_time(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"Type\":\"container\",\"Action\":\"start\","
	    "\"Actor\":{\"ID\":\"abc\",\"Attributes\":{\"image\":\"i\","
	    "\"name\":\"my.app_1\"}},\"time\":1,\"timeNano\":1000000002}"), 0);
	assert_string_equal(ev.type, "container");
	assert_string_equal(ev.action, "start");
	assert_string_equal(ev.id, "abc");
	assert_string_equal(ev.name, "my.app_1");
	assert_true(ev.time_ns == 1000000002);
	assert_false(ev.labelled);
}

static void
an_action_ends_at_its_first_colon(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"Type\":\"container\","
	    "\"Action\":\"exec_create: sh -c echo: a:b \\u003c\"}"), 0);
	assert_string_equal(ev.action, "exec_create");
	assert_int_equal(parse("{\"Type\":\"container\","
	    "\"Action\":\"health_status: healthy\"}"), 0);
	assert_string_equal(ev.action, "health_status");
}

static void
an_event_without_an_object_has_empty_names(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"Type\":\"builder\",\"Action\":\"prune\","
	    "\"Actor\":{\"ID\":\"\",\"Attributes\":{\"reclaimed\":\"0\"}}}"),
	    0);
	assert_string_equal(ev.id, "");
	assert_string_equal(ev.name, "");
	assert_int_equal(parse("{\"Type\":\"builder\",\"Action\":\"prune\"}"),
	    0);
	assert_string_equal(ev.id, "");
	assert_true(ev.time_ns == 0);
}

static void
what_is_no_event_is_refused(void **state)
{
	static const char *const bad[] = { "{}", "[]", "\"start\"",
		"{\"Type\":\"container\"}", "{\"Action\":\"start\"}",
		"{\"Type\":\"\",\"Action\":\"start\"}",
		"{\"Type\":\"container\",\"Action\":\"\"}",
		"{\"Type\":\"container\",\"Action\":\": x\"}",
		"{\"Type\":\"Container\",\"Action\":\"start\"}",
		"{\"Type\":\"../container\",\"Action\":\"start\"}",
		"{\"Type\":\"container\",\"Action\":\"../start\"}",
		"{\"Type\":\"container\",\"Action\":\"sta rt\"}",
		"{\"Type\":\"container\",\"Action\":\"start\\u0000\"}",
		"{\"Type\":\"container\",\"Action\":\"start\\n\"}",
		"{\"Type\":\"c\\u00f6ntainer\",\"Action\":\"start\"}",
		"{\"Type\":[\"container\"],\"Action\":\"start\"}",
		"{\"Type\":\"container\",\"Action\":7}",
		LONG_ACTION,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		errno = 0;
		assert_int_equal(parse(bad[i]), -1);
		assert_int_equal(errno, EBADMSG);
		assert_null(ev.id);	/* so no release is needed */
	}
}

static int
labelled(const char *attributes)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_addf(&b, "{\"Type\":\"container\",\"Action\":\"start\","
	    "\"Actor\":{\"ID\":\"a\",\"Attributes\":{%s}}}", attributes);
	assert_int_equal(parse(b.s), 0);
	strbuf_release(&b);
	return ev.labelled;
}

static void
a_label_with_our_prefix_is_found_wherever_it_stands(void **state)
{
	(void)state;
	assert_true(labelled("\"docker-events.route\":\"\""));
	assert_true(labelled("\"a\":\"b\",\"docker-events.\":\"\",\"z\":\"\""));
	assert_false(labelled("\"name\":\"docker-events.route\""));
	assert_false(labelled("\"docker-events\":\"\""));
	assert_false(labelled("\"docker-eventsXroute\":\"\""));
	assert_false(labelled("\"my.docker-events.route\":\"\""));
	assert_false(labelled(""));
}

#define EVENT(type, action, id, exec, nano) \
	"{\"status\":\"x\",\"Type\":\"" type "\",\"Action\":\"" action "\"," \
	"\"Actor\":{\"ID\":\"" id "\",\"Attributes\":{\"execID\":\"" exec \
	"\"}},\"timeNano\":" nano "}"

static void
the_same_event_told_again_has_the_same_identity(void **state)
{
	uint64_t first;

	(void)state;
	assert_int_equal(parse(EVENT("container", "start", "a", "", "5")), 0);
	first = ev.identity;
	assert_int_equal(parse(EVENT("container", "start", "a", "", "5")), 0);
	assert_true(ev.identity == first);
	/* newer versions of the API leave the first member out */
	assert_int_equal(parse("{\"Type\":\"container\",\"Action\":\"start\","
	    "\"Actor\":{\"ID\":\"a\",\"Attributes\":{}},\"timeNano\":5}"), 0);
	assert_true(ev.identity == first);
}

static void
different_events_have_different_identities(void **state)
{
	static const char *const other[] = {
		EVENT("container", "start", "a", "", "5"),
		EVENT("container", "start", "a", "", "6"),
		EVENT("container", "start", "b", "", "5"),
		EVENT("container", "start", "a", "x", "5"),
		EVENT("container", "die", "a", "", "5"),
		EVENT("network", "start", "a", "", "5"),
		EVENT("container", "exec_start: ls", "a", "", "5"),
		EVENT("container", "exec_start: id", "a", "", "5"),
		EVENT("container", "starta", "", "", "5"),
		EVENT("containerstart", "a", "", "", "5"),
	};
	uint64_t id[sizeof(other) / sizeof(*other)];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(other) / sizeof(*other); i++) {
		assert_int_equal(parse(other[i]), 0);
		id[i] = ev.identity;
		for (k = 0; k < i; k++)
			assert_true(id[k] != id[i]);
	}
}

static void
podmans_words_become_dockers(void **state)
{
	(void)state;
	assert_int_equal(parse(EVENT("container", "remove", "a", "", "5")), 0);
	assert_string_equal(ev.action, "destroy");
	assert_int_equal(parse(EVENT("container", "exec_died", "a", "", "5")),
	    0);
	assert_string_equal(ev.action, "exec_die");
	assert_int_equal(parse(EVENT("container", "died", "a", "", "5")), 0);
	assert_string_equal(ev.action, "die");
	assert_int_equal(parse(EVENT("network", "remove", "a", "", "5")), 0);
	assert_string_equal(ev.action, "remove");	/* swarm says so */
}

#define TEST(f) cmocka_unit_test_teardown(f, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_event_that_docker_sent_is_read),
		TEST(every_event_that_podman_sent_is_read),
		TEST(a_start_has_id_name_and_time),
		TEST(an_action_ends_at_its_first_colon),
		TEST(an_event_without_an_object_has_empty_names),
		TEST(what_is_no_event_is_refused),
		TEST(a_label_with_our_prefix_is_found_wherever_it_stands),
		TEST(the_same_event_told_again_has_the_same_identity),
		TEST(different_events_have_different_identities),
		TEST(podmans_words_become_dockers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
