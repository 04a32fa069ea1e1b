/* companion.h - programs beside the main one (--with, --notify).
 * Each one has a session of its own, is started again whenever it ends,
 * later each time if it flaps, and is stopped when the program and all that
 * it left are gone.  Their number is fixed before the program runs. */
#ifndef INIT_COMPANION_H
#define INIT_COMPANION_H

#define COMPANIONS_MAX 16

/* Add the commands of text (lib/words.h), or notifier.sh with "HOST",
 * "HOST:PORT" or "[HOST]:PORT".  -1: *why says what was expected. */
int companion_with(const char *text, const char **why);
int companion_notify(const char *target, const char **why);

/* For lib/words.h: $NAME in a command is one of our variables. */
const char *companion_variable(void *arg, const char *name);

/* Start those that do not run; gone() is called when the last one has ended
 * after companions_stop(). */
void companions_start(void (*gone)(void));
void companions_dir(const char *dir);	/* restart them there; borrowed */
void companions_stop(void);		/* TERM, and no restart */
void companions_kill(void);

int companions_left(void);		/* how many run */

#endif
