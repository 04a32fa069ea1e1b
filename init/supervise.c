#include "init/supervise.h"

#include <poll.h>

#include "init/act.h"
#include "lib/log.h"
#include "lib/loop.h"

static enum state {
	CHECK,		/* is there such a program, before anything starts? */
	START,		/* forked, not executed yet */
	RUN,
	ASK,		/* the pre-stop command runs, stop signals wait */
	TERM,		/* it has ended, the rest is told to stop */
	KILL,		/* whoever runs is killed, it too */
	NEXT,		/* nobody is left: and now? */
	PAUSE,		/* until it is started again */
	DRAIN,		/* relays pass on the last that it wrote */
	LAST,		/* companions are told to stop */
	END,		/* and killed */
	TELL,		/* the web hook is told that it is over */
	NSTATE
} state;

/* The whole policy.  An empty cell: the event means nothing there. */
static const struct {
	void (*act)(void);
	enum state next;
} rules[NSTATE][NEVENT] = {
	[CHECK] = {
		[FIT]      = { act_start, START },
		[UNFIT]    = { act_finish, CHECK },
		[STOP]     = { act_do_not_start, CHECK },
		[TIMEOUT]  = { act_trust, START },
	},
	[START] = {
		[RUNS]     = { act_runs, RUN },
		[ENDED]    = { act_ask_rest, TERM },
		[STOP]     = { act_stop_program, START },
		[STOP_ASK] = { act_ask, ASK },
		[TIMEOUT]  = { act_kill_rest, KILL },
	},
	[RUN] = {
		[RUNS]     = { act_runs, RUN },
		[ENDED]    = { act_ask_rest, TERM },
		[STOP]     = { act_stop_program, RUN },
		[STOP_ASK] = { act_ask, ASK },
		[TIMEOUT]  = { act_kill_rest, KILL },
	},
	[ASK] = {
		[RUNS]     = { act_runs, ASK },
		[ENDED]    = { act_ask_rest, TERM },
		[ASKED]    = { act_stop_late, RUN },
		[TIMEOUT]  = { act_end_asking, ASK },
	},
	[TERM] = {
		[GONE]     = { act_decide, NEXT },
		[STOP]     = { act_hurry, TERM },
		[TIMEOUT]  = { act_kill_rest, KILL },
	},
	[KILL] = {
		[GONE]     = { act_decide, NEXT },
		[STOP]     = { act_hurry, KILL },
		[TIMEOUT]  = { act_give_up, NEXT },
	},
	[NEXT] = {
		[AGAIN]    = { act_wait_a_while, PAUSE },
		[ENOUGH]   = { act_drain, DRAIN },
	},
	[PAUSE] = {
		[STOP]     = { act_drain, DRAIN },
		[TIMEOUT]  = { act_start, START },
	},
	[DRAIN] = {
		[DRAINED]  = { act_stop_companions, LAST },
		[STOP]     = { act_hurry, DRAIN },
		[TIMEOUT]  = { act_cut_off, DRAIN },
	},
	[LAST] = {
		[ALONE]    = { act_tell, TELL },
		[STOP]     = { act_hurry, LAST },
		[TIMEOUT]  = { act_kill_companions, END },
	},
	[END] = {
		[ALONE]    = { act_tell, TELL },
		[STOP]     = { act_hurry, END },
		[TIMEOUT]  = { act_tell, TELL },
	},
	[TELL] = {
		[TOLD]     = { act_finish, TELL },
		[STOP]     = { act_hurry, TELL },
		[TIMEOUT]  = { act_give_up_telling, TELL },
	},
};

int
supervise_step(enum event ev)
{
	void (*act)(void) = rules[state][ev].act;

	if (!act)
		return -1;
	state = rules[state][ev].next;
	act();			/* may step on */
	return 0;
}

int
supervise(const struct life *l)
{
	int status;

	if (act_init(l) < 0)
		dief("block signals");
	act_check();
	while ((status = loop_run()) < 0)	/* out of memory, say */
		(void)poll(NULL, 0, 100);
	return status;
}
