#include "init/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/feed.h"
#include "init/outlet.h"
#include "init/prefix.h"
#include "init/uri.h"
#include "init/wire.h"
#include "lib/child.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/sig.h"

#define PIECE 4096		/* read at a time; a prefix may make 140 of 1 */
#define READS 64		/* from the wire at a time */
#define SILENCE_MS 2000		/* see on_silence() */
#define LINGER_MS 300		/* for the peer to take the last */

static struct {
	struct uri uri;
	const char *io, *prefix_text, *ca;
	int rotate_ms, insecure, is_pty, has_input, discard;
	int interactive;
} conf;

static struct {
	struct prefix prefix;
	struct watch in, signals;
	int sigfd;
	int full;		/* nothing is read: the outlet takes none */
	int ended;		/* the program writes no more */
	int closed;		/* and all that it wrote is passed on */
	int half;		/* the peer sends no more */
	struct timer silence, linger, more;
} relay;

static void
finish(int status)
{
	loop_stop(status);
}

/* From the wire to the program. */

static void
watch_wire(void)
{
	short ev = relay.half || feed_room() == 0 ? 0 : POLLIN;

	if (conf.uri.log)
		ev = POLLIN;	/* what comes is thrown away */
	wire_watch((short)(ev | (outlet_pending() ? POLLOUT : 0)));
}

/* TCP cannot tell a peer that closed its half, and waits for the rest, from one
 * that is gone.  It is served as long as the program writes something. */
static void
on_silence(struct timer *t)
{
	(void)t;
	finish(RELAY_CLOSED);
}

static void
peer_ended(short revents)
{
	if (relay.ended) {
		finish(0);
		return;
	}
	relay.half = 1;
	feed_end();
	/* a local socket tells: it hangs up when both halves are closed */
	if (revents & (POLLHUP | POLLERR))
		finish(RELAY_CLOSED);
	else if (conf.uri.kind == URI_TCP || conf.uri.kind == URI_TLS)
		loop_timer(&relay.silence, SILENCE_MS);
}

static void
peer_gone(const char *why)
{
	if (conf.interactive) {
		finish(relay.ended ? 0 : RELAY_CLOSED);
		return;
	}
	outlet_restart();
	wire_lost(why);
}

static void
flush(void)
{
	if (outlet_flush() < 0)
		peer_gone(strerror(errno));
}

/* Returns whether there may be more. */
static int
read_wire(short revents)
{
	char buf[PIECE];
	size_t room = conf.uri.log ? sizeof(buf) : feed_room();
	ssize_t n;

	if (room == 0 || relay.half)
		return 0;
	n = wire_read(buf, room < sizeof(buf) ? room : sizeof(buf));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0) {
		peer_gone(strerror(errno));
		return 0;
	}
	if (n == 0 && !wire_is_datagram(&conf.uri)) {
		if (conf.interactive)
			peer_ended(revents);
		else
			peer_gone("closed by the peer");
		return 0;
	}
	if (!conf.uri.log)
		feed_put(buf, (size_t)n);
	return 1;
}

/* Until there is no more: what TLS has decrypted poll(2) knows nothing of.  But
 * a peer that never stops must not keep us from the program. */
static void
on_wire(short revents)
{
	int n = READS;

	if (revents & POLLOUT)
		flush();
	while (n > 0 && wire_is_up() && read_wire(revents))
		n--;
	if (n == 0)
		loop_timer(&relay.more, 0);
	if (wire_is_up() && relay.half && revents & (POLLHUP | POLLERR))
		peer_gone("closed by the peer");
	if (wire_is_up())
		watch_wire();
}

static void
on_more(struct timer *t)
{
	(void)t;
	on_wire(0);
}

/* The program takes what comes from the wire again. */
static void
on_room(void)
{
	on_wire(0);
}

static void
on_up(void)
{
	flush();
	if (wire_is_up())
		watch_wire();
}

/* From the program to the outlet. */

static void
watch_program(void)
{
	int full = outlet_is_full();

	if (relay.ended || full == relay.full)
		return;
	relay.full = full;
	if (full)
		loop_unwatch(&relay.in);
	else
		loop_watch(&relay.in, STDIN_FILENO, POLLIN);
}

static void
on_linger(struct timer *t)
{
	(void)t;
	if (!relay.closed)
		outlet_close();
	finish(0);
}

/* All of it is passed on, or what can be in the time that there is. */
static void
end_if_done(void)
{
	if (!relay.ended || relay.closed || outlet_pending())
		return;
	relay.closed = 1;
	outlet_close();
	if (!conf.interactive || !wire_is_up() || relay.half) {
		finish(0);
		return;
	}
	wire_half_close();	/* to close at once would cut off the last */
	loop_timer(&relay.linger, LINGER_MS);
}

static void
program_ended(void)
{
	relay.ended = 1;
	loop_unwatch(&relay.in);
	if (outlet_drops())
		loop_timer(&relay.linger, OUTLET_LAST_MS);
	end_if_done();
}

static void
pass_on(const char *data, size_t n)
{
	static char out[PIECE + PREFIX_ROOM];
	size_t used, k;

	if (!conf.prefix_text) {
		outlet_put(data, n);
		return;
	}
	for (; n > 0; data += used, n -= used) {
		k = prefix_put(&relay.prefix, out, sizeof(out), data, n, &used);
		outlet_put(out, k);
	}
}

static void
on_program(struct watch *w, short revents)
{
	char buf[PIECE];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	(void)w;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {		/* EIO: nobody has the terminal open */
		program_ended();
		return;
	}
	if (conf.discard)
		return;
	if (relay.silence.armed)
		loop_timer(&relay.silence, SILENCE_MS);
	pass_on(buf, (size_t)n);
	flush();
	watch_program();
	if (wire_is_up())
		watch_wire();
}

/* The outlet took something. */
static void
on_taken(void)
{
	watch_program();
	end_if_done();
}

static void
on_signals(struct watch *w, short revents)
{
	int sig;

	(void)w;
	(void)revents;
	while ((sig = sig_next(relay.sigfd)) > 0)
		if (sig == SIGCHLD)
			(void)child_reap();
}

static void
not_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int
open_outlet(void)
{
	static struct wire w;

	if (!conf.io)
		return outlet_plain(STDOUT_FILENO, on_taken);
	if (conf.uri.kind == URI_FILE)
		return outlet_file(conf.uri.path, conf.rotate_ms, on_taken);
	w = (struct wire){
		.uri = &conf.uri, .name = conf.io, .ca = conf.ca,
		.insecure = conf.insecure, .up = on_up, .ready = on_wire,
	};
	conf.interactive = uri_is_interactive(&conf.uri);
	outlet_wire(&w, !conf.interactive, on_taken);
	if (conf.has_input) {
		not_blocking(STDOUT_FILENO);
		feed_open(STDOUT_FILENO, 0, on_room);
	} else if (conf.is_pty) {
		feed_open(STDIN_FILENO, 1, on_room);
	}
	wire_start(&w);
	return 0;
}

static int
set_io(const struct opt *o, const char *arg)
{
	const char *why;

	(void)o;
	conf.io = arg;
	return uri_parse(&conf.uri, arg, &why) == 0 ? 0 : opt_bad(why);
}

static int
set_prefix(const struct opt *o, const char *arg)
{
	(void)o;
	conf.prefix_text = arg;
	return prefix_parse(&relay.prefix, arg) == 0 ? 0 :
	    opt_bad("PREFIX or PREFIX:COLOR");
}

static const struct opt opts[] = {
	{ "io", 0, "URI", "where to; else to standard output",
	  set_io, NULL, 0, 0 },
	{ "prefix", 0, "TEXT[:COLOR]", "before each line",
	  set_prefix, NULL, 0, 0 },
	{ "rotate-ms", 0, "MS", "how often a file is set aside (0: never)",
	  opt_int, &conf.rotate_ms, 0, INT32_MAX },
	{ "tls-ca", 0, "FILE", "trust these certificates",
	  opt_str, &conf.ca, 0, 0 },
	{ "tls-insecure", 0, NULL, "trust any certificate",
	  opt_flag, &conf.insecure, 0, 0 },
	{ "pty", 0, NULL, "standard input is the master of a terminal",
	  opt_flag, &conf.is_pty, 0, 0 },
	{ "input", 0, NULL, "standard output is what the program reads",
	  opt_flag, &conf.has_input, 0, 0 },
	{ "discard", 0, NULL, "read to the end, for nobody",
	  opt_flag, &conf.discard, 0, 0 },
	{ 0 }
};

static int
run(int argc, char **argv)
{
	int status;

	(void)argc;
	(void)argv;
	/* nothing but the end of what is read ends it: PID 1 knows when */
	relay.sigfd = sig_open();
	if (relay.sigfd < 0)
		dief("block signals");
	(void)prctl(PR_SET_NAME, "cleat");
	io_open_std();
	relay.signals.fn = on_signals;
	relay.in.fn = on_program;
	relay.silence.fn = on_silence;
	relay.linger.fn = on_linger;
	relay.more.fn = on_more;
	not_blocking(STDIN_FILENO);
	loop_watch(&relay.signals, relay.sigfd, POLLIN);
	loop_watch(&relay.in, STDIN_FILENO, POLLIN);
	if (!conf.discard && open_outlet() < 0)
		return 1;
	status = loop_run();
	wire_close();
	return status < 0 ? 1 : status;
}

const struct command cmd_relay = {
	.name = "relay", .operands = "",
	.summary = "carry what a program writes (used by init)",
	.opts = opts, .run = run,
};
