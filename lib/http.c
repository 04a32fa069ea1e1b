#include "lib/http.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/loop.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/xalloc.h"

struct http {
	CURL *easy;
	struct curl_slist *headers;
	struct http_req r;	/* the strings in it are not ours */
	int told_head, cancelled;
	struct http *next;	/* in the list of those that wait for curl */
	char err[CURL_ERROR_SIZE];
};

struct sock {			/* one of curl's sockets on the loop */
	struct watch w;
	curl_socket_t fd;
};

static CURLM *multi;
static struct timer tick;

/* curl forbids adding and removing requests from within its callbacks: what
 * is asked for there is done when it has returned. */
static int inside;
static struct http *later;

static void
forget(struct http *h)
{
	curl_multi_remove_handle(multi, h->easy);
	curl_easy_cleanup(h->easy);
	curl_slist_free_all(h->headers);
	free(h);
}

static void
tell_head(struct http *h)
{
	long status = 0;

	if (h->told_head || h->cancelled || !h->r.head)
		return;
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 100 && status < 200)	/* 103 Early Hints: not yet */
		return;
	h->told_head = 1;
	h->r.head(h->r.arg, status);
}

/* mbedTLS has a line for each thing that is wrong. */
static void
join_lines(struct strbuf *b, const char *s)
{
	size_t n;

	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		strbuf_addf(b, "%s%.*s", b->len ? "; " : "", (int)n, s);
	}
}

static void
finish(struct http *h, CURLcode result)
{
	struct strbuf text = STRBUF_INIT;
	struct http_end end = { .text = "" };
	long err = 0;

	if (result == CURLE_OK) {
		tell_head(h);	/* an answer may have no body */
		curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &end.status);
	} else {
		join_lines(&text, h->err[0] ? h->err :
		    curl_easy_strerror(result));
		end.text = text.s;
	}
	end.unreached = result == CURLE_COULDNT_CONNECT ||
	    result == CURLE_COULDNT_RESOLVE_HOST ||
	    result == CURLE_OPERATION_TIMEDOUT;
	if (result == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &err);
	end.err = (int)err;
	h->r.end(h->r.arg, &end);
	strbuf_release(&text);
	forget(h);
}

static void
finish_all(void)
{
	struct http *h;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(multi, &left))) {
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE,
		    (char **)&h);
		finish(h, m->data.result);
	}
}

static void
put_off(struct http *h)
{
	struct http **p;

	for (p = &later; *p; p = &(*p)->next)
		if (*p == h)
			return;
	h->next = NULL;
	*p = h;
}

static void
catch_up(void)
{
	struct http *h;

	while ((h = later)) {
		later = h->next;
		if (h->cancelled)
			forget(h);
		else
			curl_multi_add_handle(multi, h->easy);
	}
}

static void
act(curl_socket_t fd, int what)
{
	int running;

	inside = 1;
	curl_multi_socket_action(multi, fd, what, &running);
	inside = 0;
	catch_up();
	finish_all();
}

static void
on_tick(struct timer *t)
{
	(void)t;
	act(CURL_SOCKET_TIMEOUT, 0);
}

static void
on_sock(struct watch *w, short re)
{
	struct sock *s = container_of(w, struct sock, w);
	int what = 0;

	if (re & (POLLIN | POLLHUP | POLLERR))
		what |= CURL_CSELECT_IN;
	if (re & POLLOUT)
		what |= CURL_CSELECT_OUT;
	act(s->fd, what);
}

/* curl says: watch this socket so, or no longer. */
static int
want_sock(CURL *e, curl_socket_t fd, int what, void *arg, void *sockp)
{
	struct sock *s = sockp;
	short ev = 0;

	(void)e, (void)arg;
	if (what == CURL_POLL_REMOVE) {
		if (s)
			loop_unwatch(&s->w);
		free(s);
		curl_multi_assign(multi, fd, NULL);
		return 0;
	}
	if (!s) {
		s = xcalloc(1, sizeof(*s));
		s->w.fn = on_sock;
		s->fd = fd;
		curl_multi_assign(multi, fd, s);
	}
	if (what & CURL_POLL_IN)
		ev |= POLLIN;
	if (what & CURL_POLL_OUT)
		ev |= POLLOUT;
	loop_watch(&s->w, fd, ev);
	return 0;
}

static int
want_tick(CURLM *m, long ms, void *arg)
{
	(void)m, (void)arg;
	if (ms < 0)
		loop_untimer(&tick);
	else
		loop_timer(&tick, ms);
	return 0;
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct http *h = arg;

	(void)one;
	if (h->cancelled)
		return 0;
	tell_head(h);
	return h->r.data(h->r.arg, p, n) < 0 ? 0 : n;
}

/* The empty line behind the headers: the head of the answer is there, which
 * a stream without events yet would not tell by its body. */
static size_t
on_header(char *p, size_t one, size_t n, void *arg)
{
	(void)one;
	if (n <= 2 && (*p == '\r' || *p == '\n'))
		tell_head(arg);
	return n;
}

static void
open_multi(void)
{
	if (multi)
		return;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) ||
	    !(multi = curl_multi_init()))
		die(1, "curl: cannot be set up");
	tick.fn = on_tick;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want_sock);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, want_tick);
}

void
http_limit(int n)
{
	open_multi();
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)n);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)n);
}

static void
set_tls(CURL *e, const struct http_req *r)
{
	if (r->ca)
		curl_easy_setopt(e, CURLOPT_CAINFO, r->ca);
	if (r->cert)
		curl_easy_setopt(e, CURLOPT_SSLCERT, r->cert);
	if (r->key)
		curl_easy_setopt(e, CURLOPT_SSLKEY, r->key);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, r->insecure ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, r->insecure ? 0L : 2L);
}

static void
add_header(struct http *h, const char *name, const char *value)
{
	struct strbuf b = STRBUF_INIT;

	if (!value)
		return;
	strbuf_addf(&b, "%s: %s", name, value);
	h->headers = curl_slist_append(h->headers, b.s);
	strbuf_release(&b);
}

static void
set_content(struct http *h, const struct http_req *r)
{
	if (r->body)	/* makes it a POST if it is nothing else */
		curl_easy_setopt(h->easy, CURLOPT_COPYPOSTFIELDS, r->body);
	if (r->method)
		curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, r->method);
	add_header(h, "Accept", r->accept);
	add_header(h, "Content-Type", r->type);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
}

struct http *
http_start(const struct http_req *r)
{
	struct http *h = xcalloc(1, sizeof(*h));
	CURL *e;

	open_multi();
	h->r = *r;
	h->easy = e = curl_easy_init();
	if (!e)
		die(1, "curl: out of memory");
	curl_easy_setopt(e, CURLOPT_PRIVATE, h);
	curl_easy_setopt(e, CURLOPT_URL, r->url);
	curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, r->unix_path);
	curl_easy_setopt(e, CURLOPT_PROXY, "");	/* nor from variables */
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->limit_ms);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, h->err);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* limit_ms holds for a name server that does not answer, too */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, h);
	set_tls(e, r);
	set_content(h, r);
	if (inside)
		put_off(h);
	else
		curl_multi_add_handle(multi, e);
	return h;
}

void
http_cancel(struct http *h)
{
	h->cancelled = 1;
	if (inside)
		put_off(h);
	else
		forget(h);
}
