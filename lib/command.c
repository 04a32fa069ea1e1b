#include "lib/command.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/version.h"

static const struct command *
find(const struct command *const *all, const char *name)
{
	for (; *all; all++)
		if (!strcmp((*all)->name, name))
			return *all;
	return NULL;
}

static void
list(const struct command *const *all, FILE *to)
{
	fprintf(to, "usage: cleat COMMAND [OPTIONS] [ARG...]\n\n");
	for (; *all; all++)
		if (!(*all)->raw)
			fprintf(to, "  %-10s%s\n", (*all)->name,
			    (*all)->summary);
	fprintf(to, "  %-10s%s\n\n"
	    "cleat COMMAND --help tells more of one.\n",
	    "version", "say which version this is");
}

void
command_help(const struct command *c)
{
	printf("usage: cleat %s [OPTIONS]%s%s\n\n%c%s.\n\n", c->name,
	    *c->operands ? " " : "", c->operands,
	    toupper((unsigned char)*c->summary), c->summary + 1);
	opt_help(c->opts, c->env);
	if (c->help)
		printf("\n%s", c->help);
}

static int
run(const struct command *c, int argc, char **argv)
{
	int i;

	if (c->early)
		c->early();
	if (c->raw)
		return c->raw(argc, argv);
	i = opt_parse(c->opts, c->env, argc, argv);
	if (i == OPT_HELP) {
		command_help(c);
		return 0;
	}
	return i < 0 ? EXIT_USAGE : c->run(argc - i, argv + i);
}

/* The list, the version, or what is wrong with argv. */
static int
without_command(const struct command *const *all, const char *word)
{
	if (!word) {
		list(all, stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(word, "version") || !strcmp(word, "--version")) {
		printf("cleat version %s\n", CLEAT_VERSION);
		return 0;
	}
	if (!strcmp(word, "help") || !strcmp(word, "--help") ||
	    !strcmp(word, "-h")) {
		list(all, stdout);
		return 0;
	}
	log_error("unknown command %s: see cleat --help", word);
	return EXIT_USAGE;
}

int
command_main(const struct command *const *all, int argc, char **argv)
{
	const char *self = argc > 0 ? argv[0] : "";
	const char *slash = strrchr(self, '/');
	const struct command *c = find(all, slash ? slash + 1 : self);

	if (c)
		return run(c, argc, argv);
	if (argc > 1 && (c = find(all, argv[1])) && !c->raw)
		return run(c, argc - 1, argv + 1);
	return without_command(all, argc > 1 ? argv[1] : NULL);
}
