#include "init/rest.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "init/companion.h"
#include "init/ours.h"
#include "init/procfs.h"
#include "lib/child.h"
#include "lib/log.h"
#include "lib/loop.h"

#define HELD 64		/* watched at a time; the others when those are gone */
#define KEPT_FDS 32	/* what else we need of the descriptors we may have */
#define LOOK_MS 100	/* where there is nothing to watch, and for KILL */

struct held {
	struct watch w;
	int fd;		/* a pidfd */
};

static struct {
	void (*gone)(void);
	int is_pid1;
	int nobody;	/* nobody is told, whoever is left */
	int last;	/* the signal that they were told last, 0: none */
	int tell;	/* the one to tell at the next look, 0: none */
	int none;	/* looks in a row that found nobody */
	int nheld, most;	/* how many we hold, and may hold */
	struct held held[HELD];
	struct timer look;
	struct procfs fs;
} rest;

static void
release(struct held *h)
{
	loop_unwatch(&h->w);
	close(h->fd);
	rest.nheld--;
}

/* One of those that we watch has ended. */
static void
on_end(struct watch *w, short revents)
{
	(void)revents;
	release(container_of(w, struct held, w));
	if (rest.nheld == 0)
		loop_timer(&rest.look, 0);
}

static void
hold(int pidfd)
{
	struct held *h = rest.held;

	if (rest.nheld >= rest.most) {
		close(pidfd);
		return;
	}
	while (h->w.place)
		h++;
	h->fd = pidfd;
	h->w.fn = on_end;
	loop_watch(&h->w, pidfd, POLLIN);
	rest.nheld++;
}

static void
release_all(void)
{
	struct held *h;

	for (h = rest.held; h < rest.held + HELD; h++)
		if (h->w.place)
			release(h);
}

#define CLIMB 64	/* helpers have no deeper descendants; others may */

/* Neither a helper of ours, nor below one, nor (not as PID 1) a stranger. */
static int
is_left(const struct proc *p)
{
	struct proc q = *p;
	int up = 0;

	if (q.gone)
		return 0;
	if (rest.is_pid1 && !ours_left())
		return 1;
	do {
		if (rest.is_pid1 && ++up > CLIMB)
			return 1;	/* a chain of thousands takes long */
		if (ours_is(q.pid, q.session))
			return 0;
		if (q.parent == rest.fs.self)
			return 1;
	} while (procfs_parent(&rest.fs, &q) == 0);
	return rest.is_pid1;
}

/* Tell p sig, if any, and watch it. */
static void
tell(const struct proc *p, int sig)
{
	int fd = procfs_hold(&rest.fs, p);

	if (fd >= 0) {
		if (sig)
			(void)procfs_signal(fd, sig);
		if (sig == SIGTERM)
			(void)procfs_signal(fd, SIGCONT);
		hold(fd);
	} else if (errno != ESRCH && sig) {
		/* no pidfd to be had: its number must do */
		(void)kill(p->pid, sig);
		if (sig == SIGTERM)
			(void)kill(p->pid, SIGCONT);
	}
}

/* Tell those that are left sig, if any, and watch them: how many they are,
 * -1 if /proc shows us nothing. */
static int
walk(int sig)
{
	struct proc p;
	int n = 0, rc;

	if (procfs_open(&rest.fs, "/proc") < 0)
		return -1;
	while ((rc = procfs_next(&rest.fs, &p)) > 0) {
		if (!is_left(&p))
			continue;
		n++;
		tell(&p, sig);
	}
	procfs_close(&rest.fs);
	return rc < 0 && n == 0 ? -1 : n;
}

/* At once and to everybody, as only PID 1 may.  Companions are stopped with
 * the others then. */
static void
tell_all(int sig)
{
	if (!sig || !rest.is_pid1)
		return;
	if (companions_left())
		companions_stop();
	(void)kill(-1, sig);
	if (sig == SIGTERM)
		(void)kill(-1, SIGCONT);
}

/* Reap, and find out what needs no /proc: 1 if nobody is left. */
static int
is_alone(void)
{
	int children = child_reap();

	if (rest.is_pid1)
		return kill(-1, 0) < 0 && errno == ESRCH;
	return !children;
}

static void
on_look(struct timer *t)
{
	int sig = rest.tell, n;

	rest.tell = rest.last == SIGKILL ? SIGKILL : 0;
	release_all();
	if (rest.nobody || is_alone()) {
		rest_forget();
		rest.gone();
		return;
	}
	if (!rest.last)
		return;		/* reaping the program changed our mind */
	/* kill(-1) leaves no gap for a fork, but spares none of ours */
	if (rest.is_pid1 && !ours_left()) {
		tell_all(sig);
		sig = 0;
	}
	n = walk(sig);
	if (n < 0)
		tell_all(sig);
	rest.none = n == 0 ? rest.none + 1 : 0;
	if (rest.none == 2) {	/* one look may miss a fork */
		rest_forget();
		rest.gone();
		return;
	}
	if (n == 0)
		loop_timer(t, 0);
	else if (rest.nheld == 0 || rest.last == SIGKILL)
		loop_timer(t, LOOK_MS);
}

void
rest_init(int everybody)
{
	struct rlimit r;

	rest.nobody = !everybody;
	rest.is_pid1 = getpid() == 1;
	rest.most = HELD;
	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < HELD + KEPT_FDS)
		rest.most = r.rlim_cur > KEPT_FDS ?
		    (int)r.rlim_cur - KEPT_FDS : 1;
	rest.look.fn = on_look;
	loop_reserve(2 * (HELD + OURS_MAX + 2));	/* half are gaps */
}

void
rest_stop(int sig, void (*gone)(void))
{
	rest.gone = gone;
	rest.last = rest.tell = sig;
	rest.none = 0;
	loop_timer(&rest.look, 0);
}

void
rest_forget(void)
{
	rest.last = rest.tell = 0;
	loop_untimer(&rest.look);
	release_all();
}

void
rest_sweep(void)
{
	if (!rest.is_pid1 && !rest.nobody && child_reap())
		(void)walk(SIGKILL);
	release_all();
}
