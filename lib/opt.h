/* opt.h - one table per command is its parser, its environment variables and
 * its --help.  Adding an option is adding a row; a new kind of value is a
 * new setter, not a change here. */
#ifndef LIB_OPT_H
#define LIB_OPT_H

struct opt {
	const char *name;	/* "kill-timeout"; NULL ends the table */
	char letter;		/* 'k', or 0 */
	const char *arg;	/* "SEC"; NULL: takes no value */
	const char *help;	/* NULL: an alias that --help does not list */
	/* 0, or -1 after opt_bad() */
	int (*set)(const struct opt *o, const char *arg);
	void *dst;
	long min, max;		/* for opt_int and opt_secs */
};

/* Set what the environment says (PREFIX_KILL_TIMEOUT; env NULL: nothing),
 * then what argv says, from argv[1] to the first operand or behind "--".
 * Returns the index of the first operand, -1 after saying what is wrong, or
 * OPT_HELP when --help was met. */
#define OPT_HELP (-2)
int opt_parse(const struct opt *table, const char *env, int argc,
    char *const argv[]);
void opt_help(const struct opt *table, const char *env);

/* For setters: remember what was expected; returns -1. */
int opt_bad(const char *expected);
int opt_bad_secret(const char *expected);	/* and the value is not shown */

int opt_flag(const struct opt *o, const char *arg);	/* int: 1 */
int opt_str(const struct opt *o, const char *arg);	/* char *: borrowed */
int opt_int(const struct opt *o, const char *arg);	/* int, min..max */
int opt_secs(const struct opt *o, const char *arg);	/* int, in ms */

#endif
