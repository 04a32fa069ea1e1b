#include "init/outlet.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "init/ring.h"
#include "init/rotate.h"
#include "init/wire.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/strbuf.h"

#define RING_BYTES (1 << 20)	/* rides out a peer that is away */
#define STAGE_BYTES 16384	/* on its way; also a record of TLS */
#define KEPT_BYTES 65536	/* where the program is made to wait */
#define PLAIN_BYTES 4096	/* PIPE_BUF: what POLLOUT promises */
#define AGAIN_MS 1000		/* a disk that was full may not be now */

enum kind { TO_PLAIN, TO_FILE, TO_WIRE };

static struct {
	enum kind kind;
	int fd;			/* of TO_PLAIN */
	int drops, datagrams;
	void (*taken)(void);
	size_t len, off;	/* of the stage; off: what is taken of it */
	int dropping;		/* that has been said */
	int trouble;		/* with the file: the errno that was said */
	struct rotate file;
	struct watch w;
	struct timer again;
	struct ring ring;
} outlet;

static char ring_bytes[RING_BYTES], stage[STAGE_BYTES];

int
outlet_drops(void)
{
	return outlet.drops;
}

static size_t
waiting(void)
{
	return outlet.ring.len + outlet.len - outlet.off;
}

int
outlet_is_full(void)
{
	return !outlet.drops && waiting() > KEPT_BYTES;
}

int
outlet_pending(void)
{
	return waiting() > 0 || outlet.ring.lines > 0;
}

void
outlet_put(const char *data, size_t n)
{
	if (ring_push(&outlet.ring, data, n) == 0 || outlet.dropping)
		return;
	outlet.dropping = 1;
	log_warn("relay: nobody takes what the program writes: dropping the "
	    "oldest lines");
}

/* Take the next from the ring if all of the stage is gone.  0: there is none.
 */
static int
fill_stage(void)
{
	uint64_t hole;

	if (outlet.off < outlet.len)
		return 1;
	outlet.off = 0;
	outlet.len = ring_pull(&outlet.ring, stage, sizeof(stage), &hole);
	if (hole) {
		log_warn("relay: %" PRIu64 " lines were dropped", hole);
		outlet.dropping = 0;
	}
	return outlet.len > 0;
}

/* How much of the next n bytes goes in one datagram: whole lines if there are
 * some. */
static size_t
datagram(const char *p, size_t n)
{
	size_t k = n < WIRE_DATAGRAM ? n : WIRE_DATAGRAM, i;

	for (i = k; i > 0 && p[i - 1] != '\n'; i--)
		;
	return i > 0 ? i : k;
}

static ssize_t
write_plain(const char *p, size_t n)
{
	struct pollfd out = { .fd = outlet.fd, .events = POLLOUT };

	/* to make it not blocking would be so for others, too */
	if (poll(&out, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(outlet.fd, p, n < PLAIN_BYTES ? n : PLAIN_BYTES);
}

static ssize_t
put_out(const char *p, size_t n)
{
	ssize_t k;

	if (outlet.kind == TO_PLAIN)
		return write_plain(p, n);
	if (outlet.kind == TO_FILE)
		return rotate_write(&outlet.file, p, n);
	if (!outlet.datagrams)
		return wire_write(p, n);
	n = datagram(p, n);
	k = wire_write(p, n);
	return k < 0 && errno == EMSGSIZE ? (ssize_t)n : k;
}

/* Not taken, for now or for good. */
static int
refused(void)
{
	if (errno == EAGAIN || errno == EINTR) {
		if (outlet.kind != TO_WIRE)	/* --io may name a FIFO */
			loop_watch(&outlet.w, outlet.kind == TO_PLAIN ?
			    outlet.fd : outlet.file.fd, POLLOUT);
		return 0;
	}
	if (outlet.kind == TO_WIRE)
		return -1;
	if (outlet.trouble != errno)
		log_err(outlet.kind == TO_FILE ? "relay: write the log file" :
		    "relay: write standard output");
	outlet.trouble = errno;
	if (outlet.kind == TO_FILE)
		loop_timer(&outlet.again, AGAIN_MS);
	else
		outlet.off = outlet.len;	/* nobody reads it any more */
	return 0;
}

int
outlet_flush(void)
{
	ssize_t n;

	if (outlet.kind == TO_WIRE && !wire_is_up())
		return 0;
	while (fill_stage()) {
		n = put_out(stage + outlet.off, outlet.len - outlet.off);
		if (n == 0)
			errno = EAGAIN;
		if (n <= 0)
			return refused();
		outlet.off += (size_t)n;
		outlet.trouble = 0;
	}
	loop_unwatch(&outlet.w);
	outlet.taken();
	return 0;
}

static void
on_writable(struct watch *w, short revents)
{
	(void)w;
	(void)revents;
	(void)outlet_flush();
	outlet.taken();
}

static void
on_again(struct timer *t)
{
	(void)t;
	(void)outlet_flush();
}

static void
open_ring(enum kind kind, int drops, void (*taken)(void))
{
	outlet.kind = kind;
	outlet.drops = drops;
	outlet.taken = taken;
	outlet.w.fn = on_writable;
	outlet.again.fn = on_again;
	ring_init(&outlet.ring, ring_bytes, sizeof(ring_bytes));
}

int
outlet_plain(int fd, void (*taken)(void))
{
	open_ring(TO_PLAIN, 0, taken);
	outlet.fd = fd;
	return 0;
}

/* A slow disk makes the program wait, as it would without us; a full one does
 * not. */
int
outlet_file(const char *path, int rotate_ms, void (*taken)(void))
{
	open_ring(TO_FILE, 1, taken);
	if (rotate_open(&outlet.file, path, rotate_ms) == 0)
		return 0;
	log_err("relay: open %s", path);
	return -1;
}

void
outlet_wire(const struct wire *w, int drops, void (*taken)(void))
{
	open_ring(TO_WIRE, drops, taken);
	outlet.datagrams = wire_is_datagram(w->uri);
}

void
outlet_restart(void)
{
	while (outlet.off > 0 && stage[outlet.off - 1] != '\n')
		outlet.off--;
}

void
outlet_close(void)
{
	if (outlet_pending())
		log_warn("relay: %zu bytes were not taken: lost", waiting());
	if (outlet.kind == TO_FILE)
		rotate_close(&outlet.file);
}
