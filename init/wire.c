#include "init/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "init/uri.h"
#include "lib/dial.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/resolve.h"
#include "lib/strbuf.h"

#define CONNECT_MS 5000		/* of an attempt: dock took as long */
#define FIRST_MS 100		/* between attempts, twice as long each time */
#define LAST_MS 5000

static struct {
	const struct wire *conf;
	struct dial *dial;	/* of tcp and tls */
	int fd;			/* -1: not there */
	short events;		/* what is asked for */
	int pause;		/* before the last attempt, in ms */
	char reason[256];	/* that was told last */
	struct resolve resolve;
	struct watch w;
	struct timer again;
} wire = { .fd = -1 };

int
wire_is_datagram(const struct uri *u)
{
	return u->kind == URI_UDP || u->kind == URI_UNIXGRAM;
}

int
wire_is_up(void)
{
	return wire.fd >= 0;
}

static void
on_ready(struct watch *w, short revents)
{
	(void)w;
	wire.conf->ready(revents);
}

void
wire_watch(short events)
{
	wire.events = events;
	if (wire.fd >= 0)
		loop_watch(&wire.w, wire.fd, events);
}

/* What was wrong is so no more.  A datagram's way is known to be open only by
 * an answer. */
static void
found_open(void)
{
	wire.pause = 0;
	if (wire.reason[0])
		log_info("relay: %s: connected", wire.conf->name);
	wire.reason[0] = '\0';
}

static void
now_up(int fd)
{
	wire.fd = fd;
	if (!wire_is_datagram(wire.conf->uri))
		found_open();
	loop_watch(&wire.w, fd, wire.events);
	wire.conf->up();
}

static void
forget(void)
{
	loop_unwatch(&wire.w);
	if (wire.dial)
		dial_close(wire.dial);
	else if (wire.fd >= 0)
		close(wire.fd);
	wire.dial = NULL;
	wire.fd = -1;
}

void
wire_lost(const char *why)
{
	forget();
	if (strncmp(wire.reason, why, sizeof(wire.reason) - 1) != 0)
		log_warn("relay: %s: %s", wire.conf->name, why);
	(void)fit(wire.reason, sizeof(wire.reason), "%.*s",
	    (int)sizeof(wire.reason) - 1, why);
	wire.pause = wire.pause ? wire.pause * 2 : FIRST_MS;
	if (wire.pause > LAST_MS)
		wire.pause = LAST_MS;
	loop_timer(&wire.again, wire.pause);
}

/* The three ways to a connection. */

static void
on_up(void *arg, int fd)
{
	(void)arg;
	now_up(fd);
}

static void
on_failed(void *arg, const char *why)
{
	(void)arg;
	wire.dial = NULL;	/* it is gone with this call */
	wire_lost(why);
}

static void
connect_stream(const struct uri *u)
{
	struct dial_to to = {
		.host = u->host, .port = u->port, .family = u->family,
		.tls = u->kind == URI_TLS, .ca = wire.conf->ca,
		.insecure = wire.conf->insecure, .limit_ms = CONNECT_MS,
	};

	wire.dial = dial(&to, on_up, on_failed, NULL);
}

static void
connect_socket(int type, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(sa->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* whoever is to answer a datagram needs our name: any will do */
	if (fd >= 0 && sa->sa_family == AF_UNIX && type == SOCK_DGRAM)
		(void)bind(fd, (struct sockaddr *)&any, sizeof(sa_family_t));
	if (fd >= 0 && connect(fd, sa, len) == 0) {
		now_up(fd);
		return;
	}
	wire.fd = fd;		/* forget() closes it */
	wire_lost(strerror(errno));
}

static void
on_resolved(struct resolve *r, const struct sockaddr *sa, socklen_t len,
    const char *why)
{
	(void)r;
	if (sa)
		connect_socket(SOCK_DGRAM, sa, len);
	else
		wire_lost(why);
}

static void
connect_unix(const struct uri *u)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	(void)fit(sa.sun_path, sizeof(sa.sun_path), "%s", u->path);
	connect_socket(u->kind == URI_UNIX ? SOCK_STREAM :
	    u->kind == URI_UNIXGRAM ? SOCK_DGRAM : SOCK_SEQPACKET,
	    (struct sockaddr *)&sa, sizeof(sa));
}

static void
on_again(struct timer *t)
{
	const struct uri *u = wire.conf->uri;

	(void)t;
	if (u->kind == URI_TCP || u->kind == URI_TLS)
		connect_stream(u);
	else if (u->kind == URI_UDP)
		resolve_start(&wire.resolve, u->host, u->port, u->family);
	else
		connect_unix(u);
}

void
wire_start(const struct wire *w)
{
	wire.conf = w;
	wire.w.fn = on_ready;
	wire.again.fn = on_again;
	wire.resolve.done = on_resolved;
	loop_timer(&wire.again, 0);
}

ssize_t
wire_read(void *data, size_t n)
{
	ssize_t k;

	if (wire.dial)
		return dial_read(wire.dial, data, n);
	k = recv(wire.fd, data, n, 0);
	if (k > 0)
		found_open();
	return k;
}

ssize_t
wire_write(const void *data, size_t n)
{
	return wire.dial ? dial_write(wire.dial, data, n) :
	    send(wire.fd, data, n, MSG_NOSIGNAL);
}

void
wire_half_close(void)
{
	if (wire.dial)
		dial_half_close(wire.dial);
	else if (wire.fd >= 0)
		(void)shutdown(wire.fd, SHUT_WR);
}

void
wire_close(void)
{
	loop_untimer(&wire.again);
	forget();
}
