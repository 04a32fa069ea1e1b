#include "init/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "init/aside.h"
#include "init/logfile.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/sig.h"
#include "lib/spawn.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define CHUNK 65536		/* compressed at a time */
#define GZ ".gz"
#define PART ".gz.part"		/* a GZ that is not whole */
#define GZIP_FORMAT (15 + 16)	/* for zlib: its window, and not its format */

/* In the child: compress the files that were set aside. */

static int
deflate_all(z_stream *z, int in, int out)
{
	static unsigned char src[CHUNK], dst[CHUNK];
	ssize_t n;

	do {
		n = io_read(in, src, sizeof(src));
		if (n < 0)
			return -1;
		z->next_in = src;
		z->avail_in = (uInt)n;
		do {
			z->next_out = dst;
			z->avail_out = sizeof(dst);
			(void)deflate(z, n < CHUNK ? Z_FINISH : Z_NO_FLUSH);
			if (io_write(out, dst, sizeof(dst) - z->avail_out) < 0)
				return -1;
		} while (z->avail_out == 0);
	} while (n == CHUNK);
	return 0;
}

static int
pump(int in, int out)
{
	z_stream z = { 0 };
	int rc, err;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_FORMAT, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK) {
		errno = ENOMEM;
		return -1;
	}
	rc = deflate_all(&z, in, out);
	err = errno;
	(void)deflateEnd(&z);
	errno = err;
	return rc;
}

/* What a rename says reaches the disk before what an unlink says. */
static void
sync_folder(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	if (fit(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 1,
	    slash ? path : ".") < 0)
		return;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* in is file, open; st: owner and mode.  Its GZ is there only when it is
 * whole, and only then file goes. */
static int
compress_open(int in, const char *file, const struct stat *st)
{
	char gz[PATH_MAX], part[PATH_MAX];
	int out, err = 0;

	if (fit(gz, sizeof(gz), "%s" GZ, file) < 0 ||
	    fit(part, sizeof(part), "%s" PART, file) < 0)
		return -1;
	if (access(gz, F_OK) == 0)	/* killed before the last step */
		return unlink(file);
	(void)unlink(part);
	out = logfile_create(part, st);
	if (out < 0)
		return -1;
	if (pump(in, out) < 0 || fsync(out) < 0 || rename(part, gz) < 0)
		err = errno;
	close(out);
	if (err) {
		(void)unlink(part);
		errno = err;
		return -1;
	}
	sync_folder(gz);
	return unlink(file);
}

/* Another such child may be at it, of a relay that was killed: wait for it,
 * and look whether it left something to do. */
static int
compress_file(const char *file)
{
	int in = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY), rc = 0, err;
	struct stat st;

	if (in < 0)
		return errno == ENOENT ? 0 : -1;
	(void)flock(in, LOCK_EX);
	errno = EINVAL;
	if (fstat(in, &st) < 0 || !S_ISREG(st.st_mode))
		rc = -1;
	else if (logfile_is(in, file))
		rc = compress_open(in, file, &st);
	err = errno;
	close(in);
	errno = err;
	return rc;
}

/* Those that could not be compressed count, but only a GZ is removed. */
static void
prune(const char *path, size_t keep)
{
	struct strvec files = STRVEC_INIT, gz = STRVEC_INIT;
	size_t i, n;

	(void)stamp_list(path, "", &files);
	(void)stamp_list(path, GZ, &gz);
	n = files.n + gz.n;
	for (i = 0; i < gz.n && n > keep; i++, n--)
		if (unlink(gz.v[i]) < 0 && errno != ENOENT)
			log_err("remove %s", gz.v[i]);
	strvec_release(&files);
	strvec_release(&gz);
}

/* A PART whose file is gone is nobody's. */
static void
drop_parts(const char *path)
{
	struct strvec parts = STRVEC_INIT;
	char file[PATH_MAX];
	size_t i;

	(void)stamp_list(path, PART, &parts);
	for (i = 0; i < parts.n; i++)
		if (fit(file, sizeof(file), "%.*s", (int)(strlen(parts.v[i]) -
		    strlen(PART)), parts.v[i]) == 0 && access(file, F_OK) < 0)
			(void)unlink(parts.v[i]);
	strvec_release(&parts);
}

static int
compress_waiting(void *arg)
{
	const struct rotate *r = arg;
	struct strvec files = STRVEC_INIT;
	int status = 0;
	size_t i;

	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)stamp_list(r->path, "", &files);
	for (i = 0; i < files.n; i++) {
		if (compress_file(files.v[i]) == 0)
			continue;
		log_err("compress %s (it is kept)", files.v[i]);
		status = 1;
	}
	strvec_release(&files);
	drop_parts(r->path);
	prune(r->path, r->keep ? r->keep : ROTATE_KEEP);
	return status;
}

/* In the relay. */

static void
start_gzip(struct rotate *r)
{
	struct spawn s = SPAWN_INIT;

	r->again = r->gzip.pid > 0;
	if (r->again)
		return;
	s.fd[0] = s.fd[1] = -1;		/* what the program writes is not its */
	s.setup = compress_waiting;
	s.arg = r;
	if (child_start(&r->gzip, &s, 0) < 0)
		log_err("compress what was set aside of %s", r->path);
}

static void
on_gzip(struct child *c, int wstatus)
{
	struct rotate *r = container_of(c, struct rotate, gzip);

	if (WIFSIGNALED(wstatus))
		log_warn("compressing what was set aside of %s was ended by "
		    "%s: it waits for the next time", r->path,
		    sig_name(WTERMSIG(wstatus)));
	if (r->again && r->fd >= 0)
		start_gzip(r);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
due_in(struct rotate *r, int64_t ms)
{
	r->due = loop_now() + ms;
	loop_timer(&r->timer, ms);
}

/* A container that is started anew each night has a log that is as old as it
 * is.  A clock that was put back makes it wait no longer than every_ms. */
static void
due_by_age(struct rotate *r)
{
	int64_t birth = logfile_birth_ms(r->fd), last = stamp_ms(r->stamp), age;

	if (birth > last)
		last = birth;
	age = last ? now_ms() - last : 0;
	due_in(r, age < 0 ? r->every_ms : age > r->every_ms ? 0 :
	    r->every_ms - age);
}

/* Somebody took the file away or put another in its place: what we write is to
 * go where its name leads. */
static void
follow(struct rotate *r)
{
	int fd = logfile_open(r->path, O_NOFOLLOW);

	if (fd < 0) {
		log_err("open %s, which was replaced", r->path);
		return;
	}
	log_info("%s was replaced: it is opened again", r->path);
	close(r->fd);
	r->fd = fd;
	r->inside = logfile_ends_inside(r->path);
	due_by_age(r);
}

/* It is due, and the file ends with a line or nothing else helps.  Whatever
 * goes wrong is told once each time. */
static void
set_aside(struct rotate *r)
{
	char aside[PATH_MAX], stamp[STAMP_SIZE];
	int fd = -1;

	due_in(r, r->every_ms);
	r->late = 0;
	if (!logfile_is(r->fd, r->path)) {
		follow(r);
		return;
	}
	if (lseek(r->fd, 0, SEEK_END) == 0)	/* there is nothing in it */
		return;
	memcpy(stamp, r->stamp, sizeof(stamp));
	if (stamp_next(stamp) == 0 &&
	    fit(aside, sizeof(aside), "%s_%s", r->path, stamp) == 0)
		fd = aside_move(r->fd, r->path, aside);
	if (fd < 0) {
		log_err("set %s aside (it goes on as it is)", r->path);
		return;
	}
	r->fd = fd;
	r->inside = 0;
	memcpy(r->stamp, stamp, sizeof(stamp));
	start_gzip(r);
}

static void
on_due(struct timer *t)
{
	struct rotate *r = container_of(t, struct rotate, timer);

	if (!r->inside)		/* else when the line has ended */
		set_aside(r);
}

static void
take_over(struct rotate *r)
{
	struct strvec waiting = STRVEC_INIT;
	char stamp[STAMP_SIZE];

	r->fd = aside_mend(r->fd, r->path);
	r->inside = logfile_ends_inside(r->path);
	(void)stamp_list(r->path, "", &waiting);
	stamp_newest(r->path, "", r->stamp);
	stamp_newest(r->path, GZ, stamp);
	if (strcmp(stamp, r->stamp) > 0)
		memcpy(r->stamp, stamp, sizeof(stamp));
	due_by_age(r);
	if (waiting.n > 0)
		start_gzip(r);
	strvec_release(&waiting);
}

int
rotate_open(struct rotate *r, const char *path, int64_t every_ms)
{
	r->fd = logfile_open(path, 0);
	if (r->fd < 0)
		return -1;
	r->every_ms = 0;
	r->timer.fn = on_due;
	r->gzip.exited = on_gzip;
	r->inside = r->again = 0;
	r->late = 0;
	if (every_ms <= 0)
		return 0;
	if (!logfile_has_name(r->fd, path) || !realpath(path, r->path)) {
		log_warn("%s is not a plain file: it is never set aside", path);
		return 0;
	}
	r->every_ms = every_ms;
	take_over(r);
	return 0;
}

/* It is due: how much may be written before that is done? */
static size_t
to_border(struct rotate *r, const char *data, size_t n)
{
	const char *nl;

	if (!r->inside || r->late >= ROTATE_LINE_MAX) {
		set_aside(r);
		return n;
	}
	nl = memchr(data, '\n', n);
	return nl ? (size_t)(nl - data) + 1 : n;
}

ssize_t
rotate_write(struct rotate *r, const char *data, size_t n)
{
	int due = r->every_ms && loop_now() >= r->due;
	ssize_t k;

	if (due && n > 0)
		n = to_border(r, data, n);
	k = write(r->fd, data, n);
	if (k > 0) {
		r->inside = data[k - 1] != '\n';
		r->late = due && r->inside ? r->late + (size_t)k : 0;
	}
	return k;
}

void
rotate_close(struct rotate *r)
{
	loop_untimer(&r->timer);
	close(r->fd);
	r->fd = -1;
}
