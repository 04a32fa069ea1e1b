#include "init/init.h"

#include <string.h>

#include "init/bound.h"
#include "init/helper.h"
#include "init/intake.h"
#include "init/options.h"
#include "init/supervise.h"
#include "init/webhook.h"
#include "lib/log.h"

#define EXIT_CANNOT_RUN 126

/* What was meant for us is not meant for the program. */
static void
clean_environment(void)
{
	extern char **environ;
	char **from, **to = environ;

	for (from = environ; *from; from++)
		if (strncmp(*from, INIT_ENV "_", strlen(INIT_ENV "_")))
			*to++ = *from;
	*to = NULL;
}

/* Have what the program's life needs beside it.  0, or the exit status. */
static int
open_helpers(const struct init_options *o)
{
	if (!o->web_hook && !o->output.io && !o->output.prefix)
		return 0;
	if (helpers_open() < 0) {
		log_err("find the file that cleat was started from");
		return EXIT_CANNOT_RUN;
	}
	webhook_init(o->web_hook, o->output.ca, o->output.insecure);
	if (o->web_hook)
		bound_init(o->life.bind_port, o->life.strict_port);
	return output_open(&o->output) < 0 ? EXIT_USAGE : 0;
}

static int
run(int argc, char **argv)
{
	struct init_options *o = &init_options;
	int st;

	if (argc == 0) {
		log_error("init: no program to run: see cleat init --help");
		return EXIT_USAGE;
	}
	clean_environment();
	o->life.argv = argv;
	if (init_options_check() < 0)
		return EXIT_USAGE;
	st = open_helpers(o);
	if (st == 0)
		st = supervise(&o->life);
	return (st + o->remap[st & 255]) & 255;
}

const struct command cmd_init = {
	.name = "init", .operands = "[--] PROGRAM [ARG...]",
	.summary = "run PROGRAM as the first process of a container",
	.help = init_help, .env = INIT_ENV, .opts = init_opts,
	.early = intake_block, .run = run,
};
