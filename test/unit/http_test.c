/* http_test.c - requests on the loop against a server that says what the
 * path asks for, in pieces as given. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/http.h"
#include "lib/io.h"
#include "lib/loop.h"
#include "lib/strbuf.h"

/* ---- the server ---- */

#define OK "HTTP/1.1 200 OK\r\n"

/* Pieces are sent 20 ms apart. */
static const struct {
	const char *path;
	const char *piece[6];
	int stay;		/* the connection is kept open */
} answers[] = {
	{ "/plain", { OK "Content-Length: 5\r\n\r\nhello" }, 1 },
	{ "/pieces", { OK "Transfer-Enc", "oding: chunked\r\n\r\n3\r\nab",
	  "c\r\n", "2\r\nde\r\n0\r\n\r\n" }, 1 },
	{ "/head", { OK "Transfer-Encoding: chunked\r\n\r\n" }, 1 },
	{ "/empty", { OK "Content-Length: 0\r\n\r\n" }, 1 },
	{ "/missing", { "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
	  "gone" }, 1 },
	{ "/cut", { OK "Content-Length: 50\r\n\r\nhalf" }, 0 },
	{ "/garbage", { "this is no HTTP at all\r\n\r\n" }, 0 },
	{ "/nothing", { NULL }, 0 },
	{ "/silent", { NULL }, 1 },
};

static void
answer(int fd, const char *request)
{
	char want[64];
	size_t i, k;

	for (i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		snprintf(want, sizeof(want), "GET %s ", answers[i].path);
		if (strncmp(request, want, strlen(want)))
			continue;
		for (k = 0; answers[i].piece[k]; k++) {
			if (k)
				usleep(20000);
			(void)io_write(fd, answers[i].piece[k],
			    strlen(answers[i].piece[k]));
		}
		if (!answers[i].stay)
			_exit(0);
		return;
	}
	_exit(1);
}

/* One connection: requests come whole, one after another. */
static void
serve(int fd)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf) - 1)) > 0) {
		buf[n] = '\0';
		answer(fd, buf);
	}
	_exit(0);
}

static char dir[] = "/tmp/http_test.XXXXXX";
static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static pid_t server;

static int
start_server(void **state)
{
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;

	(void)state;
	if (!mkdtemp(dir) || fit(addr.sun_path, sizeof(addr.sun_path),
	    "%s/sock", dir) < 0 ||
	    bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(s, 16) < 0)
		return -1;
	server = fork();
	if (server == 0) {
		signal(SIGCHLD, SIG_IGN);
		while ((fd = accept(s, NULL, NULL)) >= 0) {
			if (fork() == 0)
				serve(fd);
			close(fd);
		}
		_exit(0);
	}
	close(s);
	return server < 0 ? -1 : 0;
}

static int
stop_server(void **state)
{
	(void)state;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(addr.sun_path);
	return rmdir(dir);
}

/* ---- the client ---- */

struct seen {
	struct strbuf body;
	int heads, pieces, ends;
	long head_status, status;
	int err, unreached;
	char text[256];
	/* what is done from within a callback */
	void (*at_head)(struct seen *s), (*at_data)(struct seen *s),
	    (*at_end)(struct seen *s);
	struct http *http;
};

static struct seen a, b;
static int open_requests;

static void
on_head(void *arg, long status)
{
	struct seen *s = arg;

	s->heads++;
	s->head_status = status;
	assert_int_equal(s->pieces, 0);
	if (s->at_head)
		s->at_head(s);
}

static int
on_data(void *arg, const char *p, size_t n)
{
	struct seen *s = arg;

	assert_int_equal(s->heads, 1);
	s->pieces++;
	strbuf_add(&s->body, p, n);
	if (s->at_data)
		s->at_data(s);
	return 0;
}

static void
on_end(void *arg, const struct http_end *end)
{
	struct seen *s = arg;

	s->ends++;
	s->status = end->status;
	s->err = end->err;
	s->unreached = end->unreached;
	snprintf(s->text, sizeof(s->text), "%s", end->text);
	if (s->at_end)
		s->at_end(s);
	if (--open_requests == 0)
		loop_stop(0);
}

static struct http *
get(struct seen *s, const char *path, int limit_ms)
{
	char url[64];
	const struct http_req r = {
		.unix_path = addr.sun_path, .url = url, .limit_ms = limit_ms,
		.head = on_head, .data = on_data, .end = on_end, .arg = s,
	};

	snprintf(url, sizeof(url), "http://engine%s", path);
	open_requests++;
	s->http = http_get(&r);
	memset(url, 'x', sizeof(url) - 1);	/* it is ours again */
	return s->http;
}

static void
on_watchdog(struct timer *t)
{
	(void)t;
	loop_stop(99);
}

/* Until all requests have ended.  0, or 99 if that takes too long. */
static int
run(void)
{
	struct timer dog = { .fn = on_watchdog };
	int ret;

	loop_timer(&dog, 5000);
	ret = loop_run();
	loop_untimer(&dog);
	return ret;
}

static int
enter(void **state)
{
	(void)state;
	a = b = (struct seen){ .body = STRBUF_INIT };
	open_requests = 0;
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	strbuf_release(&a.body);
	strbuf_release(&b.body);
	return 0;
}

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
	http_get(&r);
	assert_int_equal(run(), 0);
	assert_int_equal(a.ends, 1);
	assert_int_equal(a.status, 0);
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
		TEST(more_requests_than_connections_wait_for_their_turn),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
