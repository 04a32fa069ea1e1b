/* http_fixture.h - for http_test: a server on a unix socket, which says what
 * the path of the request asks for, and two requests that note what they were
 * told. */
#ifndef TEST_UNIT_HTTP_FIXTURE_H
#define TEST_UNIT_HTTP_FIXTURE_H

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

	if (!strncmp(request, "PUT /echo ", 10)) {
		dprintf(fd, OK "Content-Length: %zu\r\n\r\n%s",
		    strlen(request), request);
		return;
	}
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
	s->http = http_start(&r);
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

#endif
