#include "init/port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "init/procfs.h"
#include "lib/log.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define SOON_MS 50	/* between two looks, as most programs are quick */
#define SOON_LOOKS 40
#define LATER_MS 200	/* when SOON_LOOKS have found nothing */

/* Workers that share a port have a socket each: one of them will do, and
 * more than this are not looked at. */
#define SOCKETS_MAX 256
#define OTHERS_MAX 64	/* init has fewer helpers and companions */

static struct {
	int strict;
	int program;		/* 0: not known */
	int others[OTHERS_MAX], nothers;
} opt;

static struct procfs fs;

/* ---- the sockets that listen ---- */

int
port_parse(struct port_line *l, const char *text)
{
	unsigned long long inode;
	unsigned port, state;

	/* number: address:port peer:port state queues timer retries uid
	 * timeout inode */
	if (sscanf(text, " %*u: %*[0-9A-Fa-f]:%4x %*[0-9A-Fa-f]:%*x %2x "
	    "%*x:%*x %*x:%*x %*x %*u %*u %llu", &port, &state, &inode) != 3)
		return -1;
	*l = (struct port_line){ port, state, inode };
	return 0;
}

struct sockets {
	unsigned long long inode[SOCKETS_MAX];
	int n;
};

static void
note(struct sockets *s, const char *text, unsigned port)
{
	struct port_line l;

	if (port_parse(&l, text) == 0 && l.state == PORT_LISTENS &&
	    l.port == port && s->n < SOCKETS_MAX)
		s->inode[s->n++] = l.inode;
}

/* -1: there is no such file. */
static int
read_table(struct sockets *s, const char *path, unsigned port)
{
	FILE *f = fopen(path, "re");
	char line[512];

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		note(s, line, port);
	fclose(f);
	return 0;
}

/* A kernel without IPv6 has no tcp6. */
static void
find_sockets(struct sockets *s, unsigned port)
{
	static int told;
	int rc;

	s->n = 0;
	rc = read_table(s, "/proc/self/net/tcp", port);
	if (read_table(s, "/proc/self/net/tcp6", port) < 0 && rc < 0 && !told) {
		log_err("port %u: read /proc/self/net/tcp", port);
		told = 1;
	}
}

/* ---- whose they are ---- */

unsigned long long
port_socket(const char *link)
{
	static const char head[] = "socket:[";

	return strncmp(link, head, strlen(head)) ? 0 :
	    strtoull(link + strlen(head), NULL, 10);
}

static int
is_one(const struct sockets *s, unsigned long long inode)
{
	int i;

	for (i = 0; i < s->n; i++)
		if (inode && s->inode[i] == inode)
			return 1;
	return 0;
}

/* Not if we may not know. */
static int
holds_one(const struct proc *p, const struct sockets *s)
{
	char name[32], link[64];
	struct dirent *e;
	int fd, found = 0;
	ssize_t n;
	DIR *d;

	(void)fit(name, sizeof(name), "%d/fd", (int)p->seen);
	fd = openat(fs.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return 0;
	while (!found && (e = readdir(d))) {
		n = readlinkat(fd, e->d_name, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = '\0';
		found = is_one(s, port_socket(link));
	}
	closedir(d);
	return found;
}

static int
is_other(pid_t pid)
{
	int i;

	for (i = 0; i < opt.nothers; i++)
		if (opt.others[i] == pid)
			return 1;
	return 0;
}

/* Is it the program, or below it, or below init but neither one of the others
 * nor below one of them?  init: as /proc counts. */
static int
is_ours(struct proc p, pid_t init)
{
	int other = 0;

	do {
		if (opt.program && p.pid == opt.program)
			return 1;
		other |= is_other(p.pid) || is_other(p.session);
		if (p.parent == init)
			return !other;
	} while (procfs_parent(&fs, &p) == 0);
	return 0;
}

static int
is_held(const struct sockets *s)
{
	struct proc p = { 0 };
	pid_t init;
	int found = 0;

	if (procfs_open(&fs, "/proc") < 0)
		return 0;
	p.parent = fs.self;
	init = procfs_parent(&fs, &p) == 0 ? p.parent : 0;
	while (init > 0 && !found && procfs_next(&fs, &p) > 0)
		found = holds_one(&p, s) && is_ours(p, init);
	procfs_close(&fs);
	return found;
}

static int
is_bound(unsigned port)
{
	static struct sockets s;

	find_sockets(&s, port);
	return s.n > 0 && (!opt.strict || is_held(&s));
}

/* ---- the command ---- */

static int
set_not(const struct opt *o, const char *arg)
{
	char *end;
	long n;

	(void)o;
	for (;; arg = end + 1) {
		n = strtol(arg, &end, 10);
		if (*arg < '0' || *arg > '9' || n < 1 || n > INT_MAX ||
		    (*end && *end != ','))
			return opt_bad("PID or PID,PID,...");
		if (opt.nothers == OTHERS_MAX)
			return opt_bad("no more than 64 processes");
		opt.others[opt.nothers++] = (int)n;
		if (!*end)
			return 0;
	}
}

static const struct opt opts[] = {
	{ "strict", 0, NULL, "by a process that descends from our parent",
	  opt_flag, &opt.strict, 0, 0 },
	{ "program", 0, "PID", "counts whatever --not says, with all below it",
	  opt_int, &opt.program, 1, INT_MAX },
	{ "not", 0, "PID,...", "does not count, nor its session, nor all below",
	  set_not, NULL, 0, 0 },
	{ 0 }
};

static const char help[] =
"Ends when a TCP socket, of IPv4 or IPv6, listens on PORT in our network\n"
"namespace.  --not may be repeated; --program goes before it.  A process whose\n"
"descriptors we may not see, as that of another user, does not count as one\n"
"that descends from our parent.\n";

/* Nobody is left to be told of anything then.  -1: there is no init. */
static int
end_with_init(void)
{
	pid_t init = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		log_err("port: ask for KILL at the end of init");
	return getppid() == init ? 0 : -1;
}

/* The port that s names; 0 if it is none. */
static unsigned
number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	return *s >= '0' && *s <= '9' && !*end && n <= 65535 ? (unsigned)n : 0;
}

static int
run(int argc, char **argv)
{
	unsigned port = argc == 1 ? number(argv[0]) : 0;
	int looks;

	(void)prctl(PR_SET_NAME, "cleat");	/* not all kernels do */
	if (argc != 1) {
		log_error("port: expected one PORT: see cleat port --help");
		return EXIT_USAGE;
	}
	if (!port) {
		log_error("port: bad port \"%s\": expected a number from 1 to "
		    "65535", argv[0]);
		return EXIT_USAGE;
	}
	if (end_with_init() < 0)
		return EXIT_FAILURE;
	for (looks = 0; !is_bound(port); looks += looks < SOON_LOOKS)
		(void)poll(NULL, 0, looks < SOON_LOOKS ? SOON_MS : LATER_MS);
	return EXIT_SUCCESS;
}

const struct command cmd_port = {
	.name = "port", .operands = "PORT",
	.summary = "wait until a port is bound (used by init)",
	.help = help, .opts = opts, .run = run,
};
