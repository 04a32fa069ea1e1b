#include "handlers/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "handlers/container.h"
#include "lib/log.h"
#include "lib/ns.h"
#include "lib/xalloc.h"

/* ---- the engine's host ---- */

pid_t
netns_peer(const char *unix_path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);
	int s;

	if (!unix_path || fit(sun.sun_path, sizeof(sun.sun_path), "%s",
	    unix_path) < 0)
		return 0;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0)
		return 0;
	if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) < 0 ||
	    getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		cred.pid = 0;
	close(s);
	return cred.pid;
}

static int
net_of(const char *proc, pid_t pid)
{
	int pin, fd, err;

	pin = ns_pin(proc, pid);
	if (pin < 0)
		return -1;
	fd = ns_open_net(pin);
	err = errno;
	close(pin);
	errno = err;
	return fd;
}

static void
find_host(struct netns *n, const char *unix_path)
{
	pid_t pid = netns_peer(unix_path);
	int peer = -1, first;

	if (pid > 0 && ns_own_proc("/proc") == 1)
		peer = net_of("/proc", pid);
	first = net_of(n->proc, 1);
	if (peer >= 0 && first >= 0 && !ns_same(peer, first)) {
		strbuf_addf(&n->no_host, "the engine (pid %ld) and %s/1 are in "
		    "different network namespaces: say which one is the host's "
		    "by --engine-netns", (long)pid, n->proc);
		close(peer);
		close(first);
		return;
	}
	if (peer < 0 && first < 0)
		strbuf_addf(&n->no_host, "neither the engine nor %s/1 can be "
		    "seen: say which network namespace is the host's by "
		    "--engine-netns", n->proc);
	n->host = peer >= 0 ? peer : first;
	if (peer >= 0 && first >= 0)
		close(first);
}

int
netns_init(struct netns *n, const char *proc, const char *engine_path,
    const char *unix_path)
{
	*n = (struct netns){ .proc = proc, .self = -1, .host = -1,
	    .no_host = STRBUF_INIT };
	n->self = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (n->self < 0) {
		log_err("open /proc/self/ns/net");
		return -1;
	}
	if (!engine_path) {
		find_host(n, unix_path);
		return 0;
	}
	n->host = open(engine_path, O_RDONLY | O_CLOEXEC);
	if (n->host < 0) {
		log_err("--engine-netns: open %s", engine_path);
		return -1;
	}
	return 0;
}

void
netns_release(struct netns *n)
{
	if (n->self >= 0)
		close(n->self);
	if (n->host >= 0)
		close(n->host);
	strbuf_release(&n->no_host);
	n->self = n->host = -1;
}

/* ---- a container's ---- */

static void
why_unseen(const struct netns *n, const struct container *c, int err,
    struct strbuf *why)
{
	if (err == EACCES || err == EPERM)
		strbuf_addf(why, "its process %ld may not be looked at: the "
		    "worker needs the capability SYS_PTRACE (--cap-add "
		    "SYS_PTRACE)", (long)c->pid);
	else
		strbuf_addf(why, "its process %ld is not seen below %s: it has "
		    "ended, or the worker lacks --pid=host or "
		    "-v /proc:/host/proc:ro", (long)c->pid, n->proc);
}

/* Is the pinned process the container's, and its namespace its own? */
static int
check(const struct netns *n, const struct container *c, int pin, int fd,
    struct strbuf *why)
{
	int named = ns_in_cgroup(pin, c->id);

	if (named < 0) {
		why_unseen(n, c, errno, why);
		return -1;
	}
	if (!named) {
		strbuf_addf(why, "process %ld below %s is not in its cgroup: "
		    "that is another engine's /proc, or the container has "
		    "ended", (long)c->pid, n->proc);
		return -1;
	}
	if (!strcmp(c->network_mode, "host") ||
	    (n->host >= 0 && ns_same(fd, n->host))) {
		strbuf_adds(why, "it shares the host's network (network_mode: "
		    "host): labels there would change the host");
		return -1;
	}
	if (ns_same(fd, n->self)) {
		strbuf_adds(why, "it shares the network of this worker");
		return -1;
	}
	return 0;
}

int
netns_open(const struct netns *n, const struct container *c,
    struct strbuf *why)
{
	int pin, fd;

	pin = ns_pin(n->proc, c->pid);
	/* The namespace first, then whose process it is: what is proven of the
	 * pinned process now was true when its namespace was opened. */
	fd = pin < 0 ? -1 : ns_open_net(pin);
	if (fd < 0) {
		why_unseen(n, c, errno, why);
	} else if (check(n, c, pin, fd, why) < 0) {
		close(fd);
		fd = -1;
	}
	if (pin >= 0)
		close(pin);
	return fd;
}

char *
netns_default_proc(void)
{
	const char *image = getenv("SYSIMAGE");
	struct strbuf b = STRBUF_INIT;

	if (access("/host/proc/1/ns", F_OK) == 0)
		return xstrdup("/host/proc");
	strbuf_addf(&b, "%s/proc", image ? image : "");
	return b.s;
}
