#include "lib/dial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/multi.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/xalloc.h"

struct dial {
	struct transfer t;
	void (*up)(void *arg, int fd);
	void (*failed)(void *arg, const char *why);
	void *arg;
	int fd, tls;
};

static void
on_gone(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	free(container_of(t, struct dial, t));
}

static void
fail(struct dial *d, CURLcode result)
{
	struct strbuf b = STRBUF_INIT;
	long err = 0;

	curl_easy_getinfo(d->t.easy, CURLINFO_OS_ERRNO, &err);
	if (result == CURLE_COULDNT_CONNECT && err)
		strbuf_adds(&b, strerror((int)err));
	else
		multi_error(&b, &d->t, result);
	d->failed(d->arg, b.s);
	strbuf_release(&b);
	multi_cancel(&d->t);
}

static void
on_done(struct transfer *t, CURLcode result)
{
	struct dial *d = container_of(t, struct dial, t);
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (result == CURLE_OK)
		curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		fail(d, result ? result : CURLE_COULDNT_CONNECT);
		return;
	}
	d->fd = fd;
	d->up(d->arg, fd);
}

static void
set_options(CURL *e, const struct dial_to *to)
{
	struct strbuf url = STRBUF_INIT;
	int v6 = strchr(to->host, ':') != NULL;

	strbuf_addf(&url, "%s://%s%s%s:%s/", to->tls ? "https" : "http",
	    v6 ? "[" : "", to->host, v6 ? "]" : "", to->port);
	curl_easy_setopt(e, CURLOPT_URL, url.s);
	strbuf_release(&url);
	curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(e, CURLOPT_IPRESOLVE,
	    to->family == AF_INET ? CURL_IPRESOLVE_V4 :
	    to->family == AF_INET6 ? CURL_IPRESOLVE_V6 :
	    CURL_IPRESOLVE_WHATEVER);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)to->limit_ms);
	/* no HTTP is spoken here: there is nothing to agree on */
	curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L);
	if (to->ca)
		curl_easy_setopt(e, CURLOPT_CAINFO, to->ca);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, to->insecure ? 0L : 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, to->insecure ? 0L : 2L);
}

struct dial *
dial(const struct dial_to *to, void (*up)(void *arg, int fd),
    void (*failed)(void *arg, const char *why), void *arg)
{
	struct dial *d = xcalloc(1, sizeof(*d));

	d->up = up;
	d->failed = failed;
	d->arg = arg;
	d->fd = -1;
	d->tls = to->tls;
	d->t.done = on_done;
	d->t.gone = on_gone;
	d->t.easy = curl_easy_init();
	if (!d->t.easy)
		die(1, "curl: out of memory");
	set_options(d->t.easy, to);
	multi_start(&d->t);
	return d;
}

/* curl's word for what a system call would have said. */
static ssize_t
result(CURLcode code, size_t n)
{
	if (code == CURLE_OK)
		return (ssize_t)n;
	errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
	return -1;
}

ssize_t
dial_read(struct dial *d, void *data, size_t n)
{
	size_t got = 0;
	CURLcode code;

	if (!d->tls)
		return recv(d->fd, data, n, MSG_DONTWAIT);
	code = curl_easy_recv(d->t.easy, data, n, &got);
	return result(code, got);
}

ssize_t
dial_write(struct dial *d, const void *data, size_t n)
{
	size_t put = 0;
	CURLcode code;

	if (!d->tls)
		return send(d->fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	code = curl_easy_send(d->t.easy, data, n, &put);
	return result(code, put);
}

void
dial_half_close(struct dial *d)
{
	if (!d->tls)
		(void)shutdown(d->fd, SHUT_WR);
}

void
dial_close(struct dial *d)
{
	if (d)
		multi_cancel(&d->t);
}
