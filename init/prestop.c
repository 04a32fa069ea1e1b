#include "init/prestop.h"

#include <errno.h>
#include <signal.h>

#include "lib/child.h"
#include "lib/log.h"
#include "lib/spawn.h"

static struct child child;
static const char *name;
static int err;			/* why it could not be executed */
static void (*on_done)(void);

static void
on_started(struct child *c, int e)
{
	(void)c;
	err = e;
	errno = e;
	if (e)
		log_err("run the pre-stop command %s", name);
}

static void
on_exited(struct child *c, int wstatus)
{
	int status = child_status(wstatus);

	(void)c;
	if (!err && status)
		log_warn("the pre-stop command %s ended with status %d", name,
		    status);
	on_done();
}

int
prestop_start(char *const *argv, const char *dir, void (*done)(void))
{
	struct spawn s = SPAWN_INIT;

	name = argv[0];
	err = 0;
	on_done = done;
	child.started = on_started;
	child.exited = on_exited;
	s.argv = argv;
	s.dir = dir;
	s.fd[0] = -1;		/* standard input is the program's */
	s.setpgid = 1;
	s.sealed = 1;
	if (child_launch(&child, &s, 0) == 0)
		return 0;
	log_err("start the pre-stop command %s", name);
	return -1;
}

void
prestop_kill(void)
{
	child_kill(&child, SIGKILL);
}
