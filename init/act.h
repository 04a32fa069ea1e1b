/* act.h - what happens in the life of the main program: the events, and what
 * the cells of the table in supervise.c do.  No failure of theirs ends it. */
#ifndef INIT_ACT_H
#define INIT_ACT_H

struct life;

enum event {
	FIT,		/* it can be run, as far as can be seen */
	UNFIT,		/* it cannot */
	RUNS,		/* it is executed */
	ENDED,		/* it has ended, or could not be executed */
	GONE,		/* nobody is left but our companions */
	AGAIN,		/* it is to be started again */
	ENOUGH,		/* it is not */
	DRAINED,	/* all that it wrote has been passed on */
	ALONE,		/* the companions have ended, too */
	TOLD,		/* so has the web hook */
	STOP,		/* the first stop signal */
	STOP_ASK,	/* the same where the pre-stop command comes first */
	ASKED,		/* which has ended */
	TIMEOUT,	/* the time of this state is over */
	NEVENT
};

/* By supervise.c.  -1: the event means nothing now. */
int supervise_step(enum event ev);

/* Before anything else of these: block signals, take the place of the first
 * process.  -1 and errno if signals cannot be had. */
int act_init(const struct life *l);

void act_check(void);			/* whether it can be run at all */
void act_trust(void);			/* start it: no answer to that */
void act_do_not_start(void);		/* told to stop before that */
void act_start(void);			/* the program, and all beside it */
void act_runs(void);			/* say so */
void act_stop_program(void);		/* it has been told to */
void act_ask(void);			/* run the pre-stop command first */
void act_end_asking(void);		/* that takes too long */
void act_stop_late(void);		/* it hears of it only now */
void act_ask_rest(void);		/* tell them to stop */
void act_hurry(void);			/* they know: now there is less time */
void act_kill_rest(void);		/* whoever runs, the program too */
void act_give_up(void);			/* KILL does not end them */
void act_decide(void);			/* whether it is started again */
void act_wait_a_while(void);		/* before it is */
void act_drain(void);			/* let relays pass on the last output */
void act_cut_off(void);			/* what they have not by now */
void act_stop_companions(void);		/* nobody needs them any more */
void act_kill_companions(void);		/* who do not stop */
void act_tell(void);			/* the web hook that it is over */
void act_give_up_telling(void);		/* which does not answer */
void act_finish(void);			/* leave the loop */

#endif
