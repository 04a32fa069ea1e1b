/* dock: cleat init by another command line.  dock took its long options with
 * one dash or two, and stopped at the first word that is none. */
#include <stdlib.h>
#include <string.h>

#include "init/dialect.h"
#include "init/init.h"
#include "init/intake.h"
#include "init/options.h"
#include "lib/log.h"
#include "lib/strbuf.h"
#include "lib/version.h"
#include "lib/xalloc.h"

#define CANNOT_RUN 255		/* its -1 */
#define BAD_USAGE 1

static int
is_one_of(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(word, *names))
			return 1;
	return 0;
}

static const struct opt *
find(const char *name, size_t len)
{
	const struct opt *o;

	for (o = init_opts; o->name; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

/* One word of dock's as cleat's; NULL: it is left out. */
static char *
translate(char *word, const struct opt **o)
{
	static const char *const debug[] = { "debug", "d", NULL };
	/* a terminal is the program's in any case */
	static const char *const nothing[] = { "interactive", "i", NULL };
	char *name = word + 1 + (word[1] == '-');
	struct strbuf b = STRBUF_INIT;

	*o = NULL;
	if (is_one_of(name, nothing))
		return NULL;
	if (is_one_of(name, debug))
		return xstrdup("--verbose");
	*o = find(name, strcspn(name, "="));
	if (!*o)
		return word;
	strbuf_addf(&b, "--%s", name);
	return b.s;
}

int
dock_rewrite(int argc, char **argv, char **out)
{
	const struct opt *o;
	int i, n = 0;

	out[n++] = argv[0];
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			break;
		out[n] = translate(argv[i], &o);
		if (!out[n])
			continue;
		n++;
		/* its value is no option, whatever it looks like */
		if (o && o->arg && !strchr(argv[i], '=') && i + 1 < argc)
			out[n++] = argv[++i];
	}
	while (i < argc)
		out[n++] = argv[i++];
	out[n] = NULL;
	return n;
}

static int
run(int argc, char **argv)
{
	static const char *const versions[] = {
		"--version", "-version", "-v", NULL
	};
	static const char *const helps[] = { "--help", "-help", "-h", NULL };
	char **out = xcalloc((size_t)argc + 2, sizeof(*out));
	int first, n;

	if (argc > 1 && is_one_of(argv[1], versions)) {
		dialect_say(1, "dock version v" CLEAT_VERSION " (cleat)\n");
		return 0;
	}
	if (argc > 1 && is_one_of(argv[1], helps))
		argv[1] = (char *)"--help";
	n = dock_rewrite(argc, argv, out);
	init_options.life.cannot_run = CANNOT_RUN;
	first = opt_parse(init_opts, INIT_ENV, n, out);
	if (first == OPT_HELP) {
		command_help(&cmd_init);
		return 0;
	}
	return first < 0 ? BAD_USAGE : cmd_init.run(n - first, out + first);
}

const struct command cmd_dock = {
	.name = "dock", .early = intake_block, .raw = run,
};
