#include "init/bound.h"

#include <signal.h>
#include <stddef.h>

#include "init/helper.h"
#include "init/ours.h"
#include "lib/strbuf.h"

static struct helper watch;
static const char *what;		/* the port */
static int is_strict, nargs;
static void (*on_bound)(void);

/* No helper's or companion's port counts as the program's: they are told apart
 * by the numbers that they have now. */
static void
name_ours(void)
{
	static char numbers[OURS_MAX][12];
	pid_t pid;
	int i;

	watch.nargs = nargs;
	for (i = 0; is_strict && i < OURS_MAX; i++) {
		pid = ours_pid(i);
		if (pid <= 0)
			continue;
		(void)fit(numbers[i], sizeof(numbers[i]), "%d", (int)pid);
		helper_opt(&watch, "--not", numbers[i]);
	}
	helper_arg(&watch, "--");
	helper_arg(&watch, what);
}

static void
on_ended(struct helper *h, int status)
{
	if (!on_bound)
		return;		/* nobody waits for it any more */
	if (status == 0) {
		on_bound();
	} else {
		name_ours();
		helper_later(h);
	}
}

void
bound_init(const char *port, int strict)
{
	if (!port)
		return;
	helper_init(&watch, "port", on_ended);
	if (strict)
		helper_arg(&watch, "--strict");
	nargs = watch.nargs;
	is_strict = strict;
	what = port;
}

int
bound_watch(void (*done)(void))
{
	if (!watch.ended)
		return 0;
	on_bound = done;
	name_ours();
	helper_start(&watch);
	return 1;
}

void
bound_stop(void)
{
	on_bound = NULL;
	if (watch.ended)
		helper_kill(&watch, SIGKILL);
}
