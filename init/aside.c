#include "init/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/logfile.h"
#include "init/stamp.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/strbuf.h"

#define CHUNK 65536		/* copied at a time */
#define NEW ".new"		/* what becomes the file when it is renamed */
#define COPY ".copy"		/* a copy that may not be whole */

/* The new file is there before the old one goes: what can fail has succeeded
 * by then. */
static int
by_rename(int fd, const char *path, const char *aside, const struct stat *st)
{
	char fresh[PATH_MAX];
	int new, err;

	if (fit(fresh, sizeof(fresh), "%s" NEW, aside) < 0)
		return -1;
	new = logfile_create(fresh, st);
	if (new < 0)
		return -1;
	if (rename(path, aside) < 0)
		goto undo;
	if (rename(fresh, path) < 0) {
		err = errno;
		(void)rename(aside, path);
		errno = err;
		goto undo;
	}
	close(fd);
	return new;
undo:
	err = errno;
	close(new);
	(void)unlink(fresh);
	errno = err;
	return -1;
}

static int
pump(int in, int out)
{
	static char buf[CHUNK];
	ssize_t n;

	while ((n = io_read(in, buf, sizeof(buf))) > 0)
		if (io_write(out, buf, (size_t)n) < 0)
			return -1;
	return (int)n;
}

/* Where path is a mount point, or its folder not ours to change. */
static int
by_copy(int fd, const char *path, const char *aside, const struct stat *st)
{
	char copy[PATH_MAX];
	int in, out = -1, err = 0;

	if (fit(copy, sizeof(copy), "%s" COPY, aside) < 0)
		return -1;
	in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0)
		return -1;
	out = logfile_create(copy, st);
	if (out < 0 || pump(in, out) < 0 || fsync(out) < 0 ||
	    ftruncate(fd, 0) < 0)
		err = errno;
	close(in);
	if (out >= 0)
		close(out);
	if (err && out >= 0)
		(void)unlink(copy);
	if (!err && rename(copy, aside) < 0)
		log_err("rename %s", copy);	/* aside_mend() will */
	errno = err;
	return err ? -1 : fd;
}

int
aside_move(int fd, const char *path, const char *aside)
{
	struct stat st;
	int new;

	if (fstat(fd, &st) < 0)
		return -1;
	new = by_rename(fd, path, aside, &st);
	return new < 0 ? by_copy(fd, path, aside, &st) : new;
}

/* Does path begin with all that copy holds?  -1 and errno. */
static int
begins_with(const char *path, const char *copy)
{
	static char a[CHUNK], b[CHUNK];
	int in = open(path, O_RDONLY | O_CLOEXEC),
	    head = open(copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), ret = -1;
	ssize_t n, k;

	while (in >= 0 && head >= 0) {
		n = io_read(head, a, sizeof(a));
		k = n < 0 ? -1 : io_read(in, b, (size_t)n);
		if (k < 0)
			break;
		ret = k == n && memcmp(a, b, (size_t)n) == 0;
		if (!ret || n == 0)
			break;
		ret = -1;
	}
	if (in >= 0)
		close(in);
	if (head >= 0)
		close(head);
	return ret;
}

/* The file was emptied only after its copy was whole.  So if it still begins
 * with that, the copy is one too many; else it is all that is left. */
static void
mend_copy(const char *path, char *copy)
{
	char aside[PATH_MAX];
	int rc = begins_with(path, copy);

	if (rc > 0)
		rc = unlink(copy);
	else if (rc == 0)
		rc = fit(aside, sizeof(aside), "%.*s",
		    (int)(strlen(copy) - strlen(COPY)), copy) < 0 ? -1 :
		    rename(copy, aside);
	if (rc < 0)
		log_err("finish %s", copy);
}

/* An empty file is never set aside.  So if the file is empty it was made by us
 * just now, and fresh is what should have taken its place.  The new fd, or -1
 * if it is not so. */
static int
mend_new(int fd, const char *path, const char *fresh)
{
	struct stat file, st;
	int new;

	if (lstat(fresh, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > 0)
		return -1;	/* none of ours */
	if (fstat(fd, &file) == 0 && file.st_size == 0) {
		new = open(fresh, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
		if (new >= 0 && rename(fresh, path) == 0)
			return new;
		if (new >= 0)
			close(new);
	}
	(void)unlink(fresh);
	return -1;
}

int
aside_mend(int fd, const char *path)
{
	struct strvec names = STRVEC_INIT;
	size_t i;
	int new;

	(void)stamp_list(path, NEW, &names);
	for (i = 0; i < names.n; i++) {
		new = mend_new(fd, path, names.v[i]);
		if (new < 0)
			continue;
		close(fd);
		fd = new;
	}
	strvec_truncate(&names, 0);
	(void)stamp_list(path, COPY, &names);
	for (i = 0; i < names.n; i++)
		mend_copy(path, names.v[i]);
	strvec_release(&names);
	return fd;
}
