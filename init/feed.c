#include "init/feed.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/loop.h"

static struct {
	int fd, is_terminal;
	void (*room)(void);
	int ended;		/* close it, or say so, once all is written */
	char last;		/* that was written */
	size_t head, len;
	struct watch w;
} feed = { .fd = -1 };

static char buf[FEED_BYTES + 2];	/* and two of ^D */

/* ^D ends a line; behind another one it is the end of the file. */
static void
put_end(void)
{
	struct termios t;
	char eof = 4;

	if (tcgetattr(feed.fd, &t) == 0)
		eof = (char)t.c_cc[VEOF];
	buf[feed.len++] = eof;
	if (feed.last != '\n' && feed.last != '\0')
		buf[feed.len++] = eof;
}

static void
shut(void)
{
	loop_unwatch(&feed.w);
	close(feed.fd);
	feed.fd = -1;
	feed.len = feed.head = 0;
}

static void
flush(void)
{
	ssize_t n = 0;

	while (feed.head < feed.len) {
		n = write(feed.fd, buf + feed.head, feed.len - feed.head);
		if (n < 0)
			break;
		feed.head += (size_t)n;
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		if (!feed.is_terminal)
			shut();		/* it does not read any more */
		feed.head = feed.len;
	}
	if (feed.head < feed.len) {
		loop_watch(&feed.w, feed.fd, POLLOUT);
		return;
	}
	loop_unwatch(&feed.w);
	feed.head = feed.len = 0;
	if (feed.ended && feed.fd >= 0 && !feed.is_terminal)
		shut();
}

static void
on_room(struct watch *w, short revents)
{
	(void)w;
	(void)revents;
	flush();
	feed.room();
}

void
feed_open(int fd, int is_terminal, void (*room)(void))
{
	feed.fd = fd;
	feed.is_terminal = is_terminal;
	feed.room = room;
	feed.w.fn = on_room;
}

size_t
feed_room(void)
{
	return feed.ended || feed.fd < 0 ? 0 : FEED_BYTES - feed.len;
}

void
feed_put(const char *data, size_t n)
{
	if (n == 0 || feed.fd < 0)
		return;
	memcpy(buf + feed.len, data, n);
	feed.len += n;
	feed.last = data[n - 1];
	flush();
}

void
feed_end(void)
{
	if (feed.ended || feed.fd < 0)
		return;
	feed.ended = 1;
	if (feed.is_terminal)
		put_end();
	flush();
}
