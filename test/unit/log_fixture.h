/* log_fixture.h - for the tests of log files: a folder for each test, the
 * lines of a log and of all that was set aside of it, in the order of their
 * names, and mounts that are seen by the test alone. */
#ifndef TEST_UNIT_LOG_FIXTURE_H
#define TEST_UNIT_LOG_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "init/stamp.h"
#include "lib/io.h"
#include "lib/strbuf.h"
#include "lib/util.h"

static char folder[64], logpath[96];	/* logpath: folder/log */
static int may_mount;

/* To be called once, before any test. */
static inline void
fixture_mounts(void)
{
	may_mount = unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int
fixture_setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rotate_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return fit(logpath, sizeof(logpath), "%s/log", folder);
}

static int
fixture_teardown(void **state)
{
	char command[128];

	(void)state;
	while (umount2(logpath, MNT_DETACH) == 0 ||
	    umount2(folder, MNT_DETACH) == 0)
		;
	if (fit(command, sizeof(command), "rm -rf %s", folder) < 0)
		return -1;
	return system(command);		/* NOLINT(cert-env33-c) */
}

/* The file name in the folder, or name itself if it is a path. */
static inline const char *
in_folder(const char *name)
{
	static char path[256];

	assert_int_equal(fit(path, sizeof(path), "%s%s%s",
	    *name == '/' ? "" : folder, *name == '/' ? "" : "/", name), 0);
	return path;
}

static inline void
put_file(const char *name, const char *text)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(io_write(fd, text, strlen(text)), 0);
	close(fd);
}

static inline void
put_gz(const char *name, const char *text)
{
	gzFile gz = gzopen(in_folder(name), "w");

	assert_non_null(gz);
	assert_int_equal(gzputs(gz, text), strlen(text));
	assert_int_equal(gzclose(gz), Z_OK);
}

/* Add the bytes of a file, compressed or not. */
static inline void
add_file(struct strbuf *b, const char *name)
{
	gzFile gz = gzopen(in_folder(name), "r");
	char buf[4096];
	int n;

	if (!gz)
		fail_msg("%s: %s", name, strerror(errno));
	while ((n = gzread(gz, buf, sizeof(buf))) > 0)
		strbuf_add(b, buf, (size_t)n);
	assert_int_equal(n, 0);
	assert_int_equal(gzclose(gz), Z_OK);
}

static inline void
expect_file(const char *name, const char *text)
{
	struct strbuf b = STRBUF_INIT;

	add_file(&b, name);
	assert_string_equal(b.s, text);
	strbuf_release(&b);
}

/* How many files there are log_STAMPsuffix. */
static inline size_t
count_files(const char *suffix)
{
	struct strvec names = STRVEC_INIT;
	size_t n;

	assert_int_equal(stamp_list(logpath, suffix, &names), 0);
	n = names.n;
	strvec_release(&names);
	return n;
}

/* All that was ever written to the log, in order.  A file whose .gz is there
 * is not counted again: it was about to be removed. */
static inline void
add_all(struct strbuf *b)
{
	struct strvec names = STRVEC_INIT;
	size_t i, n;

	assert_int_equal(stamp_list(logpath, "", &names), 0);
	assert_int_equal(stamp_list(logpath, ".gz", &names), 0);
	for (i = 0; i < names.n; i++) {
		n = strlen(names.v[i]);
		if (i + 1 == names.n || strncmp(names.v[i], names.v[i + 1], n))
			add_file(b, names.v[i]);
	}
	strvec_release(&names);
	add_file(b, logpath);
}

/* The lines are the numbers from 0 on, each once and in order.  How many;
 * *tail: what is behind the last one. */
static inline int
count_lines(const struct strbuf *b, const char **tail)
{
	char *at = b->s, *end;
	int n;

	for (n = 0; strchr(at, '\n'); n++, at = end + 1) {
		if (strtol(at, &end, 10) != n || *end != '\n')
			fail_msg("line %d is \"%.20s\"", n, at);
	}
	*tail = at;
	return n;
}

static inline int
all_lines(void)
{
	struct strbuf b = STRBUF_INIT;
	const char *tail;
	int n;

	add_all(&b);
	n = count_lines(&b, &tail);
	assert_string_equal(tail, "");
	strbuf_release(&b);
	return n;
}

#endif
