#include "lib/multi.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/loop.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/xalloc.h"

struct sock {			/* one of curl's sockets on the loop */
	struct watch w;
	curl_socket_t fd;
};

static CURLM *multi;
static struct timer tick;

/* curl forbids adding and removing transfers from within its callbacks: what
 * is asked for there is done when it has returned. */
static int inside;
static struct transfer *later;

static void
forget(struct transfer *t)
{
	curl_multi_remove_handle(multi, t->easy);
	t->gone(t);
}

static void
finish_all(void)
{
	struct transfer *t;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(multi, &left))) {
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE,
		    (char **)&t);
		t->done(t, m->data.result);
	}
}

static void
put_off(struct transfer *t)
{
	struct transfer **p;

	for (p = &later; *p; p = &(*p)->next)
		if (*p == t)
			return;
	t->next = NULL;
	*p = t;
}

static void
catch_up(void)
{
	struct transfer *t;

	while ((t = later)) {
		later = t->next;
		if (t->cancelled)
			forget(t);
		else
			curl_multi_add_handle(multi, t->easy);
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
multi_limit(int n)
{
	open_multi();
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)n);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)n);
}

void
multi_start(struct transfer *t)
{
	open_multi();
	t->cancelled = 0;
	t->err[0] = '\0';
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->err);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_PROXY, "");	/* nor from variables */
	/* a limit of time holds for a name server that does not answer, too */
	curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	if (inside)
		put_off(t);
	else
		curl_multi_add_handle(multi, t->easy);
}

void
multi_cancel(struct transfer *t)
{
	t->cancelled = 1;
	if (inside)
		put_off(t);
	else
		forget(t);
}

/* mbedTLS has a line for each thing that is wrong. */
void
multi_error(struct strbuf *b, const struct transfer *t, CURLcode result)
{
	const char *s = t->err[0] ? t->err : curl_easy_strerror(result);
	size_t n;

	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		strbuf_addf(b, "%s%.*s", b->len ? "; " : "", (int)n, s);
	}
}
