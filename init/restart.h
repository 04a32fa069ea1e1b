/* restart.h - whether a program that has ended is to be started again.
 * Pure. */
#ifndef INIT_RESTART_H
#define INIT_RESTART_H

enum restart { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS };

/* "no", "on-failure", "always"; -1: none of them. */
int restart_parse(enum restart *r, const char *text);

/* Whether one that ended with status is to be started again. */
int restart_again(enum restart r, int status);

#endif
