#include "init/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define STATUS_BYTES 4096	/* up to NSsid 400 bytes and the groups */
#define STAT_BYTES 1024		/* 52 numbers and a name of 64 bytes */

struct entry {		/* as getdents64(2) writes them */
	uint64_t ino, off;
	unsigned short len;
	unsigned char type;
	char name[];
};

static int
pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int
procfs_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* Field n (from 3) of stat; text is at field 3. */
static const char *
field(const char *text, int n)
{
	for (; n > 3 && text; n--) {
		text = strchr(text, ' ');
		text = text ? text + 1 : NULL;
	}
	return text;
}

int
procfs_stat(struct proc *p, const char *text)
{
	const char *at = strrchr(text, ')');	/* a name may have some */
	const char *threads, *start;

	if (!at || at[1] != ' ')
		return -1;
	at += 2;
	threads = field(at, 20);
	start = field(at, 22);
	if (!start)
		return -1;
	p->parent = atoi(field(at, 4));
	p->session = atoi(field(at, 6));
	p->start = strtoull(start, NULL, 10);
	/* a leader that is a zombie may have threads that live */
	p->gone = *at == 'X' || (*at == 'Z' && atoi(threads) <= 1);
	return 0;
}

/* Behind "line" at the start of a line, or NULL. */
static const char *
find_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	while (text && strncmp(text, line, n) != 0) {
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return text ? text + n : NULL;
}

pid_t
procfs_number(const char *status, const char *line, int depth)
{
	const char *at = find_line(status, line);
	char *end;
	long n = -1;

	for (; at && depth >= 0; depth--) {
		at += strspn(at, "\t ");
		n = strtol(at, &end, 10);
		if (end == at)
			return -1;
		at = end;
	}
	return (pid_t)n;
}

static ssize_t
slurp(const struct procfs *f, const char *name, const char *file, char *dst,
    size_t size)
{
	char path[64];

	if (fit(path, sizeof(path), "%s/%s", name, file) < 0)
		return -1;
	return io_slurp(f->fd, path, dst, size);
}

/* What /proc counts the process as that we count as pid, or -1: the kernel
 * shows a pidfd of ours in /proc's numbers. */
static pid_t
number_seen(const struct procfs *f, pid_t pid)
{
	char name[48], info[512];
	int fd = pidfd_open(pid);
	pid_t seen = -1;

	if (fd < 0)
		return -1;
	(void)fit(name, sizeof(name), "fdinfo/%d", fd);
	if (slurp(f, "self", name, info, sizeof(info)) > 0)
		seen = procfs_number(info, "Pid:", 0);
	close(fd);
	return seen;
}

static int
is_same(const struct procfs *f, pid_t seen, pid_t pid)
{
	return number_seen(f, pid) == seen;
}

/* Fill in what it is called in our namespace; 0 if it has no name there. */
static void
translate(const struct procfs *f, struct proc *p, const char *name)
{
	char status[STATUS_BYTES];

	p->pid = p->seen;
	if (f->depth == 0)
		return;
	p->pid = p->session = 0;
	if (slurp(f, name, "status", status, sizeof(status)) < 0)
		return;
	p->pid = procfs_number(status, "NSpid:", f->depth);
	p->session = procfs_number(status, "NSsid:", f->depth);
	if (p->pid <= 0 || !is_same(f, p->seen, p->pid))
		p->pid = 0;
}

static int
read_proc(const struct procfs *f, pid_t seen, struct proc *p)
{
	char name[16], text[STAT_BYTES];

	(void)fit(name, sizeof(name), "%d", (int)seen);
	if (slurp(f, name, "stat", text, sizeof(text)) < 0)
		return -1;
	p->seen = seen;
	if (procfs_stat(p, text) < 0)
		return -1;
	translate(f, p, name);
	return 0;
}

/* Where our own number is in NSpid, and what it is called here. */
static int
find_self(struct procfs *f)
{
	char status[STATUS_BYTES];
	int depth = 0;

	if (slurp(f, "self", "status", status, sizeof(status)) < 0)
		return -1;
	f->self = procfs_number(status, "Pid:", 0);
	while (procfs_number(status, "NSpid:", depth + 1) > 0)
		depth++;
	f->depth = depth;
	/* to translate takes pidfds; before NSpid nobody can tell us more */
	if (f->self > 0 && (depth > 0 ? is_same(f, f->self, getpid()) :
	    f->self == getpid()))
		return 0;
	errno = ENOENT;
	return -1;
}

int
procfs_open(struct procfs *f, const char *path)
{
	int err;

	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return -1;
	if (find_self(f) == 0 && procfs_rewind(f) == 0)
		return 0;
	err = errno;
	procfs_close(f);
	errno = err;
	return -1;
}

void
procfs_close(struct procfs *f)
{
	close(f->fd);
	f->fd = -1;
}

int
procfs_rewind(struct procfs *f)
{
	f->pos = f->len = 0;
	return lseek(f->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* The next name that is a number, 0 at the end, -1. */
static pid_t
next_number(struct procfs *f)
{
	const struct entry *e;
	long n;

	for (;;) {
		if (f->pos == f->len) {
			n = syscall(SYS_getdents64, f->fd, f->buf,
			    sizeof(f->buf));
			if (n <= 0)
				return (pid_t)n;
			f->pos = 0;
			f->len = (size_t)n;
		}
		e = (const void *)(f->buf + f->pos);
		f->pos += e->len;
		if (e->name[0] >= '1' && e->name[0] <= '9')
			return atoi(e->name);
	}
}

int
procfs_next(struct procfs *f, struct proc *p)
{
	pid_t seen;

	while ((seen = next_number(f)) > 0)
		/* one that ended meanwhile cannot be read */
		if (seen != f->self && read_proc(f, seen, p) == 0 &&
		    p->pid > 0)
			return 1;
	return seen < 0 ? -1 : 0;
}

int
procfs_parent(const struct procfs *f, struct proc *p)
{
	pid_t seen = p->parent;

	return seen > 0 ? read_proc(f, seen, p) : -1;
}

int
procfs_hold(const struct procfs *f, const struct proc *p)
{
	struct proc now = *p;
	int fd = pidfd_open(p->pid);

	if (fd < 0)
		return -1;
	if (read_proc(f, p->seen, &now) == 0 && now.start == p->start &&
	    now.pid == p->pid)
		return fd;
	close(fd);
	errno = ESRCH;
	return -1;
}

int
procfs_deaf(const char *status, int sig)
{
	static const char *const lines[] = { "SigBlk:", "SigIgn:" };
	const char *at;
	size_t i;

	for (i = 0; i < countof(lines); i++) {
		at = find_line(status, lines[i]);
		if (at && strtoull(at, NULL, 16) >> (sig - 1) & 1)
			return 1;
	}
	return 0;
}

int
procfs_is_deaf(const char *path, pid_t pid, int sig)
{
	static struct procfs f;
	char name[16], status[STATUS_BYTES];
	int deaf = 0;

	if (procfs_open(&f, path) < 0)
		return 0;
	if (f.depth > 0)
		pid = number_seen(&f, pid);
	(void)fit(name, sizeof(name), "%d", (int)pid);
	if (slurp(&f, name, "status", status, sizeof(status)) > 0)
		deaf = procfs_deaf(status, sig);
	procfs_close(&f);
	return deaf;
}
