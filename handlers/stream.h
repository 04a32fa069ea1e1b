/* stream.h - the engine's events, for as long as we live.
 * Connects, asks for events from the last one on, and connects again when the
 * stream ends: after 0.1 s at first and 5 s at most, and at once when a
 * socket appears in the socket's folder.  What was told before is not told
 * again.  The reader hands on and never waits. */
#ifndef HANDLERS_STREAM_H
#define HANDLERS_STREAM_H

#include <stdint.h>

#include "lib/json.h"
#include "lib/loop.h"
#include "lib/strbuf.h"

struct engine;
struct event;
struct http;

#define STREAM_LINE_MAX (16 << 20)	/* an event longer than this is lost */
#define STREAM_SEEN 1024	/* an engine can tell 256 events again */

struct stream {
	struct engine *engine;	/* borrowed */
	const char *prefix;	/* of labels; borrowed */
	/* One event.  ev: taken. */
	void (*event)(struct stream *s, struct event *ev);
	/* Subscribed (again): the list will say what happened meanwhile. */
	void (*up)(struct stream *s);
	/* The very first try failed: status to end with, and why.  Later ones
	 * are told in the log and tried again. */
	void (*failed)(struct stream *s, int status, const char *why);

	/* private */
	int64_t up_at;		/* when the stream began */
	int was_up, subscribed, backoff_ms;
	int lost;		/* that has been told */
	int greeting;		/* /version is on its way */
	long long last_ns;	/* time of the newest event, or of our start */
	long long replay_ns;	/* what is not newer may be told again */
	uint64_t seen[STREAM_SEEN];
	unsigned nseen;
	struct http *http;
	struct strbuf line;
	int skipping;		/* the rest of a line that was too long */
	struct json json;
	struct timer retry, unanswered;
	struct watch folder;
	int folder_fd;
};

/* Start; the members above are set by the caller, the rest is zero. */
void stream_start(struct stream *s);
void stream_stop(struct stream *s);

#endif
