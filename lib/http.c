#include "lib/http.h"

#include <stdlib.h>

#include "lib/log.h"
#include "lib/multi.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/xalloc.h"

struct http {
	struct transfer t;
	struct curl_slist *headers;
	struct http_req r;	/* the strings in it are not ours */
	int told_head;
};

static void
on_gone(struct transfer *t)
{
	struct http *h = container_of(t, struct http, t);

	curl_easy_cleanup(t->easy);
	curl_slist_free_all(h->headers);
	free(h);
}

static void
tell_head(struct http *h)
{
	long status = 0;

	if (h->told_head || h->t.cancelled || !h->r.head)
		return;
	curl_easy_getinfo(h->t.easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 100 && status < 200)	/* 103 Early Hints: not yet */
		return;
	h->told_head = 1;
	h->r.head(h->r.arg, status);
}

static void
on_done(struct transfer *t, CURLcode result)
{
	struct http *h = container_of(t, struct http, t);
	struct strbuf text = STRBUF_INIT;
	struct http_end end = { .text = "" };
	long err = 0;

	if (result == CURLE_OK) {
		tell_head(h);	/* an answer may have no body */
		curl_easy_getinfo(h->t.easy, CURLINFO_RESPONSE_CODE,
		    &end.status);
	} else {
		multi_error(&text, t, result);
		end.text = text.s;
	}
	end.unreached = result == CURLE_COULDNT_CONNECT ||
	    result == CURLE_COULDNT_RESOLVE_HOST ||
	    result == CURLE_OPERATION_TIMEDOUT;
	if (result == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(h->t.easy, CURLINFO_OS_ERRNO, &err);
	end.err = (int)err;
	h->r.end(h->r.arg, &end);
	strbuf_release(&text);
	multi_cancel(t);
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct http *h = arg;

	(void)one;
	if (h->t.cancelled)
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

void
http_limit(int n)
{
	multi_limit(n);
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
		curl_easy_setopt(h->t.easy, CURLOPT_COPYPOSTFIELDS, r->body);
	if (r->method)
		curl_easy_setopt(h->t.easy, CURLOPT_CUSTOMREQUEST, r->method);
	add_header(h, "Accept", r->accept);
	add_header(h, "Content-Type", r->type);
	curl_easy_setopt(h->t.easy, CURLOPT_HTTPHEADER, h->headers);
}

struct http *
http_start(const struct http_req *r)
{
	struct http *h = xcalloc(1, sizeof(*h));
	CURL *e;

	h->r = *r;
	h->t.done = on_done;
	h->t.gone = on_gone;
	h->t.easy = e = curl_easy_init();
	if (!e)
		die(1, "curl: out of memory");
	curl_easy_setopt(e, CURLOPT_URL, r->url);
	curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, r->unix_path);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->limit_ms);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, h);
	set_tls(e, r);
	set_content(h, r);
	multi_start(&h->t);
	return h;
}

void
http_cancel(struct http *h)
{
	multi_cancel(&h->t);
}
