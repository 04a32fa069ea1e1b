#include "init/bound.h"

#include <signal.h>
#include <stddef.h>

#include "init/helper.h"

static struct helper watch;
static void (*on_bound)(void);

static void
on_ended(struct helper *h, int status)
{
	if (!on_bound)
		return;		/* nobody waits for it any more */
	if (status == 0)
		on_bound();
	else
		helper_later(h);
}

void
bound_init(const char *port, int strict)
{
	if (!port)
		return;
	helper_init(&watch, "port", on_ended);
	if (strict)
		helper_arg(&watch, "--strict");
	helper_arg(&watch, "--");
	helper_arg(&watch, port);
}

int
bound_watch(void (*done)(void))
{
	if (!watch.ended)
		return 0;
	on_bound = done;
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
