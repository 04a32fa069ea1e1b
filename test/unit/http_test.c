/* http_test.c - requests on the loop against a server that says what the
 * path asks for, in pieces as given. */
#include "test/unit/http_fixture.h"

static void
an_answer_has_a_head_a_body_and_one_end(void **state)
{
	(void)state;
	get(&a, "/plain", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(a.heads, 1);
	assert_int_equal(a.head_status, 200);
	assert_int_equal(a.ends, 1);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body.s, "hello");
	assert_string_equal(a.text, "");
}

static void
a_body_comes_in_pieces_of_any_size(void **state)
{
	(void)state;
	get(&a, "/pieces", 0);
	assert_int_equal(run(), 0);
	assert_string_equal(a.body.s, "abcde");
	assert_true(a.pieces >= 2);
	assert_int_equal(a.heads, 1);
}

static void
stop_loop(struct seen *s)
{
	(void)s;
	loop_stop(7);
}

static void
the_head_is_told_before_there_is_a_body(void **state)
{
	(void)state;
	a.at_head = stop_loop;
	get(&a, "/head", 0);
	assert_int_equal(run(), 7);
	assert_int_equal(a.heads, 1);
	assert_int_equal(a.pieces, 0);
	assert_int_equal(a.ends, 0);
	http_cancel(a.http);
}

static void
an_answer_without_a_body_has_a_head_too(void **state)
{
	(void)state;
	get(&a, "/empty", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(a.heads, 1);
	assert_int_equal(a.pieces, 0);
	assert_int_equal(a.status, 200);
}

static void
an_error_status_is_an_answer_too(void **state)
{
	(void)state;
	get(&a, "/missing", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(a.head_status, 404);
	assert_int_equal(a.status, 404);
	assert_string_equal(a.body.s, "gone");
}

static void
what_is_cut_or_no_http_has_no_status_but_words(void **state)
{
	static const char *const paths[] = { "/cut", "/garbage", "/nothing" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		enter(NULL);
		get(&a, paths[i], 0);
		assert_int_equal(run(), 0);
		assert_int_equal(a.ends, 1);
		assert_int_equal(a.status, 0);
		assert_int_equal(a.err, 0);
		assert_int_equal(a.unreached, 0);
		assert_true(a.text[0]);
		leave(NULL);
	}
}

static void
a_missing_socket_is_told_by_its_errno(void **state)
{
	(void)state;
	strcat(addr.sun_path, "x");
	get(&a, "/plain", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(a.status, 0);
	assert_int_equal(a.err, ENOENT);
	addr.sun_path[strlen(addr.sun_path) - 1] = '\0';
}

static void
a_socket_where_nobody_listens_is_told_by_its_errno(void **state)
{
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	strcat(addr.sun_path, "y");
	assert_int_equal(bind(s, (struct sockaddr *)&addr, sizeof(addr)), 0);
	get(&a, "/plain", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(a.err, ECONNREFUSED);
	close(s);
	unlink(addr.sun_path);
	addr.sun_path[strlen(addr.sun_path) - 1] = '\0';
}

static void
a_limit_ends_a_request_that_nobody_answers(void **state)
{
	int64_t began = loop_now();

	(void)state;
	get(&a, "/silent", 100);
	assert_int_equal(run(), 0);
	assert_int_equal(a.status, 0);
	assert_int_equal(a.unreached, 1);
	assert_true(a.text[0]);
	assert_true(loop_now() - began >= 90);
}

static void
start_b(struct seen *s)
{
	(void)s;
	if (b.ends == 0 && !b.http)
		get(&b, "/plain", 0);
}

static void
a_callback_may_start_a_request(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		enter(NULL);
		a.at_head = i == 0 ? start_b : NULL;
		a.at_data = i == 1 ? start_b : NULL;
		a.at_end = i == 2 ? start_b : NULL;
		get(&a, "/pieces", 0);
		assert_int_equal(run(), 0);
		assert_string_equal(a.body.s, "abcde");
		assert_string_equal(b.body.s, "hello");
		leave(NULL);
	}
}

static void
cancel_b(struct seen *s)
{
	(void)s;
	if (!b.http)
		return;
	http_cancel(b.http);
	b.http = NULL;
	open_requests--;
}

static void
a_callback_may_cancel_another_request(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		enter(NULL);
		a.at_head = i == 0 ? cancel_b : NULL;
		a.at_data = i == 1 ? cancel_b : NULL;
		a.at_end = i == 2 ? cancel_b : NULL;
		get(&b, "/silent", 0);
		get(&a, "/pieces", 0);
		assert_int_equal(run(), 0);
		assert_int_equal(a.ends, 1);
		assert_int_equal(b.ends, 0);
		leave(NULL);
	}
}

static void
cancel_self(struct seen *s)
{
	http_cancel(s->http);
	if (--open_requests == 0)
		loop_stop(0);
}

static void
a_callback_may_cancel_its_own_request(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		enter(NULL);
		a.at_head = i == 0 ? cancel_self : NULL;
		a.at_data = i == 1 ? cancel_self : NULL;
		get(&a, "/pieces", 0);
		assert_int_equal(run(), 0);
		assert_int_equal(a.ends, 0);
		assert_int_equal(a.pieces, i);	/* and nothing after it */
		leave(NULL);
	}
}

static void
start_and_cancel_b(struct seen *s)
{
	start_b(s);
	cancel_b(s);
}

static void
a_request_may_be_cancelled_before_it_has_begun(void **state)
{
	(void)state;
	a.at_head = start_and_cancel_b;
	get(&a, "/pieces", 0);
	assert_int_equal(run(), 0);
	assert_int_equal(b.heads + b.ends, 0);
	assert_string_equal(a.body.s, "abcde");
}

static int
give_up(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return -1;
}

static void
data_may_give_up_and_is_told_the_end(void **state)
{
	const struct http_req r = {
		.unix_path = addr.sun_path, .url = "http://engine/plain",
		.data = give_up, .end = on_end, .arg = &a,
	};

	(void)state;
	open_requests++;
	http_start(&r);
	assert_int_equal(run(), 0);
	assert_int_equal(a.ends, 1);
	assert_int_equal(a.status, 0);
}

static void
a_request_may_have_a_method_and_a_body(void **state)
{
	char body[] = "{\"a\":1}", type[] = "application/json";
	const struct http_req r = {
		.unix_path = addr.sun_path, .url = "http://engine/echo",
		.method = "PUT", .body = body, .type = type, .accept = "*/*",
		.head = on_head, .data = on_data, .end = on_end, .arg = &a,
	};

	(void)state;
	open_requests++;
	http_start(&r);
	memset(body, 'x', sizeof(body) - 1);	/* they are ours again */
	memset(type, 'x', sizeof(type) - 1);
	assert_int_equal(run(), 0);
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body.s, "PUT /echo HTTP/1.1\r\n", 20);
	assert_non_null(strstr(a.body.s, "\r\nAccept: */*\r\n"));
	assert_non_null(strstr(a.body.s,
	    "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(a.body.s, "\r\nContent-Length: 7\r\n"));
	assert_non_null(strstr(a.body.s, "\r\n\r\n{\"a\":1}"));
}

static void
more_requests_than_connections_wait_for_their_turn(void **state)
{
	struct seen many[20];
	int i;

	(void)state;
	http_limit(2);
	for (i = 0; i < 20; i++) {
		many[i] = (struct seen){ .body = STRBUF_INIT };
		get(&many[i], "/plain", 0);
	}
	assert_int_equal(run(), 0);
	for (i = 0; i < 20; i++) {
		assert_string_equal(many[i].body.s, "hello");
		strbuf_release(&many[i].body);
	}
	http_limit(16);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_has_a_head_a_body_and_one_end),
		TEST(a_body_comes_in_pieces_of_any_size),
		TEST(the_head_is_told_before_there_is_a_body),
		TEST(an_answer_without_a_body_has_a_head_too),
		TEST(an_error_status_is_an_answer_too),
		TEST(what_is_cut_or_no_http_has_no_status_but_words),
		TEST(a_missing_socket_is_told_by_its_errno),
		TEST(a_socket_where_nobody_listens_is_told_by_its_errno),
		TEST(a_limit_ends_a_request_that_nobody_answers),
		TEST(a_callback_may_start_a_request),
		TEST(a_callback_may_cancel_another_request),
		TEST(a_callback_may_cancel_its_own_request),
		TEST(a_request_may_be_cancelled_before_it_has_begun),
		TEST(data_may_give_up_and_is_told_the_end),
		TEST(a_request_may_have_a_method_and_a_body),
		TEST(more_requests_than_connections_wait_for_their_turn),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
