#include "handlers/stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "handlers/engine.h"
#include "handlers/event.h"
#include "lib/http.h"
#include "lib/log.h"
#include "lib/util.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 5000
#define OVERLAP_NS 1000000000LL
#define GREETING_MS 5000
#define HEAD_MS 10000	/* an engine that is up answers at once */

/* Newline-delimited JSON by its names since 1.52; older engines send the same
 * under application/json.  A record separator in front is skipped. */
#define ACCEPT "application/jsonl, application/x-ndjson;q=0.9, " \
	"application/json-seq;q=0.5, application/json;q=0.4"

static void connect_now(struct stream *s);

/* ---- events ---- */

static int
is_repeated(struct stream *s, const struct event *ev)
{
	unsigned i, n = s->nseen < STREAM_SEEN ? s->nseen : STREAM_SEEN;

	if (ev->time_ns > s->replay_ns)
		return 0;
	for (i = 0; i < n; i++)
		if (s->seen[i] == ev->identity)
			return 1;
	return 0;
}

static void
take_line(struct stream *s, const char *line, size_t len)
{
	struct event ev;

	while (len > 0 && (*line == '\x1e' || *line == ' ' || *line == '\r'))
		line++, len--;
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	if (len == 0)
		return;
	if (json_parse(&s->json, line, len) < 0 ||
	    event_parse(&ev, &s->json, s->prefix) < 0) {
		log_warn("skip what is no event: %.*s",
		    (int)(len < 200 ? len : 200), line);
		return;
	}
	if (is_repeated(s, &ev)) {
		event_release(&ev);
		return;
	}
	s->seen[s->nseen++ % STREAM_SEEN] = ev.identity;
	s->backoff_ms = BACKOFF_MIN_MS;
	if (ev.time_ns > s->last_ns)
		s->last_ns = ev.time_ns;
	s->event(s, &ev);
}

/* Lines come in pieces of any size.  A line that is whole in this piece is
 * read where it stands. */
static int
on_data(void *arg, const char *p, size_t n)
{
	struct stream *s = arg;
	const char *nl;
	size_t len;

	if (!s->subscribed) {		/* an error's text, for on_end() */
		if (s->line.len < 4096)
			strbuf_add(&s->line, p, n);
		return 0;
	}
	for (; (nl = memchr(p, '\n', n)); p = nl + 1, n -= len + 1) {
		len = (size_t)(nl - p);
		if (s->skipping) {
			s->skipping = 0;
		} else if (s->line.len) {
			strbuf_add(&s->line, p, len);
			take_line(s, s->line.s, s->line.len);
			strbuf_clear(&s->line);
		} else {
			take_line(s, p, len);
		}
	}
	if (!s->skipping)
		strbuf_add(&s->line, p, n);
	if (s->line.len > STREAM_LINE_MAX) {
		log_warn("skip an event of more than %d MiB: %.80s...",
		    STREAM_LINE_MAX >> 20, s->line.s);
		strbuf_release(&s->line);
		s->skipping = 1;
	}
	return 0;
}

/* ---- connecting ---- */

static void
try_again(struct stream *s)
{
	s->http = NULL;
	s->subscribed = 0;
	loop_timer(&s->retry, s->backoff_ms);
	s->backoff_ms *= 2;
	if (s->backoff_ms > BACKOFF_MAX_MS)
		s->backoff_ms = BACKOFF_MAX_MS;
}

static void
on_retry(struct timer *t)
{
	connect_now(container_of(t, struct stream, retry));
}

/* The socket was mounted as a file and its engine has made another one since:
 * what we have has no name any more, and nobody will ever listen there. */
static int
is_stale(const struct engine *e)
{
	struct stat st;

	return e->unix_path && stat(e->unix_path, &st) == 0 &&
	    st.st_nlink == 0;
}

static void
give_up(struct stream *s, int status, const char *why)
{
	s->http = NULL;
	if (is_stale(s->engine)) {
		s->failed(s, STATUS_TRY_ANEW, "the engine has made its socket "
		    "anew, but this one was mounted as a file: mount its "
		    "folder (-v /var/run:/var/run), or start this container "
		    "anew");
		return;
	}
	if (!s->was_up) {
		s->failed(s, status, why);
		return;
	}
	if (!s->lost)
		log_warn("engine lost: %s; trying again until it is back",
		    why);
	s->lost = 1;
	try_again(s);
}

/* The stream has begun: its head is there.  That does not mean that the
 * engine has subscribed us yet, which is why since is always given. */
static void
on_head(void *arg, long status)
{
	struct stream *s = arg;

	if (status != 200)
		return;
	log_info("connected to %s at %s, API %s", s->engine->version,
	    s->engine->endpoint, s->engine->prefix + 1);
	s->subscribed = s->was_up = 1;
	s->lost = 0;
	loop_untimer(&s->unanswered);
	s->up_at = loop_now();
	s->up(s);
}

static void
on_end(void *arg, const struct http_end *end)
{
	struct strbuf why = STRBUF_INIT;
	struct stream *s = arg;
	int status;

	loop_untimer(&s->unanswered);
	if (s->subscribed) {
		/* one that is cut at once, again and again, is no new start */
		if (loop_now() - s->up_at >= BACKOFF_MAX_MS)
			s->backoff_ms = BACKOFF_MIN_MS;
		log_info("event stream ended: connecting again");
		try_again(s);
		return;
	}
	status = engine_why(s->engine, "/events", end, s->line.s, &why);
	give_up(s, status, why.s);
	strbuf_release(&why);
}

static void
on_unanswered(struct timer *t)
{
	struct stream *s = container_of(t, struct stream, unanswered);

	if (s->greeting) {	/* an engine that starts up may take a while */
		log_info("waiting for an answer from %s", s->engine->endpoint);
		return;
	}
	http_cancel(s->http);
	give_up(s, STATUS_UNAVAILABLE, "GET /events is not answered");
}

static void
subscribe(struct stream *s)
{
	struct http_req r = {
		.accept = ACCEPT,
		.head = on_head, .data = on_data, .end = on_end, .arg = s,
	};
	/* Engines tell what is newer than since, or as old, some read it as a
	 * double, and events may come a little out of order: what the overlap
	 * tells again is dropped. */
	long long since = s->last_ns - (s->was_up ? OVERLAP_NS : 0);
	char path[64];

	(void)fit(path, sizeof(path), "%s/events?since=%lld.%09lld",
	    s->engine->prefix, since / 1000000000, since % 1000000000);
	s->replay_ns = s->last_ns;
	s->skipping = 0;
	strbuf_clear(&s->line);
	s->http = engine_stream(s->engine, path, &r);
	loop_timer(&s->unanswered, HEAD_MS);
}

static void
on_hello(void *arg, const struct engine_answer *a)
{
	struct stream *s = arg;

	s->greeting = 0;
	loop_untimer(&s->unanswered);
	if (a->error) {
		give_up(s, a->exit_status, a->error);
		return;
	}
	subscribe(s);
}

static void
connect_now(struct stream *s)
{
	loop_untimer(&s->retry);
	if (s->http)
		return;
	s->greeting = 1;
	s->http = engine_hello(s->engine, on_hello, s);
	loop_timer(&s->unanswered, GREETING_MS);
}

/* ---- the socket's folder ---- */

static const char *
name_in_folder(const struct stream *s)
{
	return strrchr(s->engine->unix_path, '/') + 1;
}

/* An engine that starts makes its socket anew: no need to wait any longer. */
static void
on_folder(struct watch *w, short revents)
{
	struct stream *s = container_of(w, struct stream, folder);
	char buf[4096] __attribute__((aligned(8)));
	const struct inotify_event *ev;
	ssize_t n, at;
	int ours = 0;

	(void)revents;
	while ((n = read(s->folder_fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n; at += (ssize_t)(sizeof(*ev) + ev->len)) {
			ev = (const void *)(buf + at);
			ours |= ev->len && !strcmp(ev->name,
			    name_in_folder(s));
		}
	}
	if (ours && s->was_up && !s->subscribed) {
		s->backoff_ms = BACKOFF_MIN_MS;
		connect_now(s);
	}
}

static void
watch_folder(struct stream *s)
{
	char dir[PATH_MAX], *slash;

	s->folder_fd = -1;
	if (!s->engine->unix_path ||
	    fit(dir, sizeof(dir), "%s", s->engine->unix_path) < 0)
		return;
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	s->folder_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (s->folder_fd < 0 || inotify_add_watch(s->folder_fd, dir,
	    IN_CREATE | IN_MOVED_TO) < 0) {
		log_debug("watch %s: %s", dir, strerror(errno));
		return;		/* the backoff finds it too */
	}
	s->folder.fn = on_folder;
	loop_watch(&s->folder, s->folder_fd, POLLIN);
}

void
stream_start(struct stream *s)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	s->last_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	s->line = (struct strbuf)STRBUF_INIT;
	s->backoff_ms = BACKOFF_MIN_MS;
	s->retry.fn = on_retry;
	s->unanswered.fn = on_unanswered;
	watch_folder(s);
	connect_now(s);
}

void
stream_stop(struct stream *s)
{
	loop_untimer(&s->retry);
	loop_untimer(&s->unanswered);
	loop_unwatch(&s->folder);
	if (s->folder_fd >= 0)
		close(s->folder_fd);
	if (s->http)
		http_cancel(s->http);
	s->http = NULL;
	strbuf_release(&s->line);
	json_release(&s->json);
}
