/* webhook.h - tells --web-hook of the program's states: one `cleat hook` after
 * another, so that they arrive in order, and nobody waits but for the last. */
#ifndef INIT_WEBHOOK_H
#define INIT_WEBHOOK_H

#define WEBHOOK_MS 5000		/* that one call may take */

/* url NULL: nobody is told.  All of it is borrowed for good. */
void webhook_init(const char *url, const char *ca, int insecure);
void webhook_tell(const char *state);

/* Nothing follows this one: told() is called when it is over.  Those before it
 * that are not told yet have to hurry.  0: nobody is to be told. */
int webhook_last(const char *state, void (*told)(void));
void webhook_kill(void);

#endif
