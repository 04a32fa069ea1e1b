/* rotate_fixture.h - for the tests of rotate: one log, and the signals by which
 * it learns of its child. */
#ifndef TEST_UNIT_ROTATE_FIXTURE_H
#define TEST_UNIT_ROTATE_FIXTURE_H

#include "test/unit/log_fixture.h"

#include <poll.h>
#include <signal.h>

#include "init/rotate.h"
#include "lib/sig.h"

static struct rotate r;
static int sigfd;
static struct watch signals;

static void
on_signals(struct watch *w, short revents)
{
	int sig;

	(void)w;
	(void)revents;
	while ((sig = sig_next(sigfd)) > 0)
		if (sig == SIGCHLD)
			(void)child_reap();
}

static int
setup(void **state)
{
	if (!sigfd)
		sigfd = sig_open();
	signals.fn = on_signals;
	memset(&r, 0, sizeof(r));
	return fixture_setup(state);
}

/* A test that failed left its timer and its child where they were. */
static int
teardown(void **state)
{
	r.again = 0;
	while (r.gzip.pid > 0) {
		child_kill(&r.gzip, SIGKILL);
		on_signals(&signals, 0);
	}
	loop_untimer(&r.timer);
	return fixture_teardown(state);
}

static inline void
write_all(const char *text)
{
	size_t n = strlen(text);
	ssize_t k;

	for (; n > 0; n -= (size_t)k, text += k) {
		k = rotate_write(&r, text, n);
		assert_true(k > 0);
	}
}

/* Wait until all that was set aside is compressed. */
static inline void
settle(void)
{
	struct pollfd p = { .fd = sigfd, .events = POLLIN };
	int64_t end = loop_now() + 20000;

	while (r.gzip.pid > 0) {
		assert_true(loop_now() < end);
		(void)poll(&p, 1, 1000);
		on_signals(&signals, 0);
	}
}

static inline void
wait_until_due(void)
{
	while (loop_now() < r.due)
		(void)poll(NULL, 0, 1);
}

static inline void
close_all(void)
{
	settle();
	rotate_close(&r);
}

/* The one file that was set aside and compressed, without its suffix. */
static inline const char *
only_one(void)
{
	static char name[128];

	assert_int_equal(count_files(""), 0);
	assert_int_equal(count_files(".gz"), 1);
	assert_int_equal(fit(name, sizeof(name), "%s_", logpath), 0);
	stamp_newest(logpath, ".gz", name + strlen(name));
	return name;
}

static inline const char *
only_gz(void)
{
	static char name[128];

	assert_int_equal(fit(name, sizeof(name), "%s.gz", only_one()), 0);
	return name;
}

#endif
