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
#include "lib/util.h"
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

/* The host's namespace is the one that the engine and its first process have
 * in common, as far as they can be seen. */
static void
find_host(struct netns *n, pid_t engine)
{
	int peer = n->outer[0], first = n->outer[1];

	if (peer >= 0 && first >= 0 && !ns_same(peer, first))
		strbuf_addf(&n->no_host, "the engine (pid %ld) and %s/1 are in "
		    "different network namespaces: say which one is the host's "
		    "by --engine-netns", (long)engine, n->proc);
	else if (peer < 0 && first < 0)
		strbuf_addf(&n->no_host, "neither the engine nor %s/1 can be "
		    "seen: say which network namespace is the host's by "
		    "--engine-netns, or add --cap-add SYS_PTRACE", n->proc);
	else
		n->host = peer >= 0 ? peer : first;
}

static int
open_given(struct netns *n, const char *path)
{
	n->host = n->outer[2] = open(path, O_RDONLY | O_CLOEXEC);
	if (n->host < 0) {
		log_err("--engine-netns: open %s", path);
		return -1;
	}
	if (ns_is_net(n->host))
		return 0;
	log_error("--engine-netns %s: expected a network namespace, such as "
	    "/proc/1/ns/net", path);
	return -1;
}

int
netns_init(struct netns *n, const char *proc, const char *engine_path,
    const char *unix_path)
{
	pid_t engine = netns_peer(unix_path);

	*n = (struct netns){ .proc = proc, .self = -1, .host = -1,
	    .outer = { -1, -1, -1 }, .no_host = STRBUF_INIT };
	n->self = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (n->self < 0) {
		log_err("open /proc/self/ns/net");
		return -1;
	}
	if (engine > 0 && ns_own_proc("/proc") == 1)
		n->outer[0] = net_of("/proc", engine);
	n->outer[1] = net_of(proc, 1);
	if (engine_path)
		return open_given(n, engine_path);
	find_host(n, engine);
	return 0;
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
	else if (err == ENOENT || err == ESRCH)
		strbuf_addf(why, "its process %ld is not seen below %s: it has "
		    "ended, or the worker lacks --pid=host or "
		    "-v /proc:/host/proc:ro", (long)c->pid, n->proc);
	else
		strbuf_addf(why, "its process %ld cannot be looked at: %s",
		    (long)c->pid, strerror(err));
}

static int
is_outer(const struct netns *n, int fd)
{
	size_t i;

	for (i = 0; i < countof(n->outer); i++)
		if (n->outer[i] >= 0 && ns_same(fd, n->outer[i]))
			return 1;
	return 0;
}

/* Docker's container:NAME, Podman's ns:PATH. */
static int
is_shared(const struct container *c)
{
	return !strncmp(c->network_mode, "container:", 10) ||
	    !strncmp(c->network_mode, "ns:", 3);
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
	if (!strcmp(c->network_mode, "host") || is_outer(n, fd)) {
		strbuf_adds(why, "it shares the host's network (network_mode: "
		    "host): labels there would change the host");
		return -1;
	}
	if (ns_same(fd, n->self)) {
		strbuf_adds(why, "it shares the network of this worker");
		return -1;
	}
	if (n->host < 0 && is_shared(c)) {
		strbuf_addf(why, "it shares another's network, which may be "
		    "the host's: %s", n->no_host.s);
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
