/* command.h - what a subcommand is, and the walk from argv to its run().
 * Each folder exports its commands as const objects; main.c only lists
 * them.  A command is found by argv[0] (a link named after it) or argv[1]. */
#ifndef LIB_COMMAND_H
#define LIB_COMMAND_H

#include "lib/opt.h"

#define EXIT_USAGE 2	/* what a wrong command line ends with */

struct command {
	const char *name, *operands;
	const char *summary;	/* one line, for the list of commands */
	const char *help;	/* what --help says below the options */
	const char *env;	/* prefix of its variables: "CLEAT_INIT" */
	const struct opt *opts;
	void (*early)(void);	/* NULL, or called before options are read */
	int (*run)(int argc, char **argv);	/* operands only; exit status */
	/* Instead of options and run(): gets the whole command line.  Such a
	 * command is found by argv[0] alone, and not listed. */
	int (*raw)(int argc, char **argv);
};

void command_help(const struct command *c);	/* what --help says */

/* all: borrowed, ended by NULL.  Returns the exit status. */
int command_main(const struct command *const *all, int argc, char **argv);

#endif
