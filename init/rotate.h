/* rotate.h - the log file of --io file:///PATH: append to it, and every so
 * often, between two lines, set it aside as PATH_YYYYMMDDhhmmss.gz.  A child
 * compresses; whoever has the loop calls child_reap() on SIGCHLD.  Killed at
 * any instant neither it nor we lose or double a line: the next rotate_open()
 * goes on.  The struct is zeroed at first, and kept while its child runs. */
#ifndef INIT_ROTATE_H
#define INIT_ROTATE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "init/stamp.h"
#include "lib/child.h"
#include "lib/loop.h"

#define ROTATE_KEEP 5		/* so many files that were set aside are kept */

/* A line that does not end keeps the file from being set aside no longer than
 * this: what goes on for 1 MiB is no text. */
#define ROTATE_LINE_MAX (1 << 20)

struct rotate {
	size_t keep;		/* 0: ROTATE_KEEP */

	char path[PATH_MAX];	/* the file, behind all symlinks */
	char stamp[STAMP_SIZE];	/* of the newest that was set aside */
	int fd;
	int64_t every_ms;	/* 0: never */
	int64_t due;		/* as loop_now() */
	struct timer timer;	/* a log in which nothing happens is due, too */
	int inside;		/* the file ends within a line ... */
	size_t late;		/* ... of which so much came when it was due */
	struct child gzip;
	int again;		/* more was set aside while it ran */
};

/* Open path, which is made if it is not there.  every_ms is from the file's
 * birth or the last time it was set aside; 0, or no plain file with a path of
 * its own: never.  -1 and errno. */
int rotate_open(struct rotate *r, const char *path, int64_t every_ms);

/* Write as write(2) does: the bytes that were taken, or -1 and errno.  A FIFO
 * or terminal that is full is EAGAIN. */
ssize_t rotate_write(struct rotate *r, const char *data, size_t n);

/* The child may go on; if it ends with us, what it left is for the next. */
void rotate_close(struct rotate *r);

#endif
