#include "lib/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/spawn.h"
#include "lib/util.h"

#define LIMIT_MS 20000		/* libc tries some servers some times */

struct answer {			/* what the child writes */
	int err;		/* of getaddrinfo(3) */
	socklen_t len;
	struct sockaddr_storage sa;
};

static void
look_up(const struct resolve *r, int flags, struct answer *a)
{
	struct addrinfo hints = {
		.ai_family = r->family, .ai_socktype = SOCK_DGRAM,
		.ai_flags = flags,
	}, *ai;

	memset(a, 0, sizeof(*a));
	a->err = getaddrinfo(r->host, r->port, &hints, &ai);
	if (a->err)
		return;
	a->len = ai->ai_addrlen;
	memcpy(&a->sa, ai->ai_addr, ai->ai_addrlen);
	freeaddrinfo(ai);
}

static void
tell(struct resolve *r, const struct answer *a)
{
	if (a->err)
		r->done(r, NULL, 0, gai_strerror(a->err));
	else
		r->done(r, (const struct sockaddr *)&a->sa, a->len, NULL);
}

static int
ask(void *arg)
{
	const struct resolve *r = arg;
	struct answer a;

	look_up(r, 0, &a);
	return io_write(STDOUT_FILENO, &a, sizeof(a)) < 0;
}

static void
on_answer(struct watch *w, short revents)
{
	struct resolve *r = container_of(w, struct resolve, w);
	struct answer a;
	ssize_t n = io_read(r->fd, &a, sizeof(a));

	(void)revents;
	loop_unwatch(w);
	close(r->fd);
	if (n == sizeof(a))
		tell(r, &a);
	else
		r->done(r, NULL, 0, "the name cannot be looked up");
}

static void
on_exited(struct child *c, int wstatus)
{
	(void)c;
	(void)wstatus;
}

static int
start(struct resolve *r)
{
	struct spawn s = SPAWN_INIT;
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	s.fd[1] = p[1];
	s.setup = ask;
	s.arg = r;
	s.setsid = 1;
	r->child.exited = on_exited;
	if (child_start(&r->child, &s, LIMIT_MS) < 0) {
		close(p[0]);
		close(p[1]);
		return -1;
	}
	close(p[1]);
	r->fd = p[0];
	r->w.fn = on_answer;
	loop_watch(&r->w, r->fd, POLLIN);
	return 0;
}

void
resolve_start(struct resolve *r, const char *host, const char *port,
    int family)
{
	struct answer a;

	r->host = host;
	r->port = port;
	r->family = family;
	look_up(r, AI_NUMERICHOST | AI_NUMERICSERV, &a);
	if (a.err == 0)
		tell(r, &a);
	else if (r->child.pid || start(r) < 0)
		r->done(r, NULL, 0, "the name cannot be looked up now");
}
