/* dock: cleat init by another command line.  dock took its long options with
 * one dash or two, and stopped at the first word that is none. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static int
is_name(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

static const struct opt *
find(const char *name, size_t len)
{
	const struct opt *o;

	if (is_name(name, len, "debug") || is_name(name, len, "d"))
		return find("verbose", strlen("verbose"));
	for (o = init_opts; o->name; o++)
		if (is_name(name, len, o->name))
			return o;
	return NULL;
}

/* What a flag says, by itself or as -flag=VALUE: 1 or 0; -1 if neither. */
static int
is_on(const char *value)
{
	static const char *const on[] = {
		"", "=1", "=t", "=T", "=true", "=TRUE", "=True", NULL
	};
	static const char *const off[] = {
		"=0", "=f", "=F", "=false", "=FALSE", "=False", NULL
	};

	return is_one_of(value, on) ? 1 : is_one_of(value, off) ? 0 : -1;
}

/* To dock these values were as good as no option. */
static int
says_nothing(const struct opt *o, const char *value)
{
	return !*value || (!strcmp(o->name, "log-rotate") &&
	    !strcmp(value, "0"));
}

/* -name=VALUE, or value in the next word, as cleat has it; NULL: nothing. */
static char *
assign(const struct opt *o, const char *value)
{
	struct strbuf b = STRBUF_INIT;

	if (value && says_nothing(o, value))
		return NULL;
	strbuf_addf(&b, "--%s%s%s", o->name, value ? "=" : "",
	    value ? value : "");
	return b.s;
}

static int interactive;

/* One word of dock's, or two, as one of cleat's; NULL: it is left out.
 * *i moves to the last of them. */
static char *
translate(int argc, char **argv, int *i)
{
	char *word = argv[*i], *name = word + 1 + (word[1] == '-');
	size_t len = strcspn(name, "=");
	const struct opt *o = find(name, len);
	int on = is_on(name + len);

	if (on >= 0 && (is_name(name, len, "interactive") ||
	    is_name(name, len, "i"))) {
		interactive = on;
		return NULL;
	}
	if (!o)
		return word;
	if (!o->arg && on >= 0)
		return on ? assign(o, NULL) : NULL;
	if (name[len])
		return assign(o, name + len + 1);
	/* a value is no option, whatever it looks like */
	return assign(o, *i + 1 < argc ? argv[++*i] : NULL);
}

int
dock_rewrite(int argc, char **argv, char **out)
{
	int i, n = 0;

	interactive = 0;
	out[n++] = argv[0];
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			break;
		out[n] = translate(argc, argv, &i);
		n += out[n] != NULL;
	}
	while (i < argc)
		out[n++] = argv[i++];
	out[n] = NULL;
	return n;
}

/* An option that is of no use without another one was none to dock. */
static void
drop_useless(void)
{
	struct init_options *o = &init_options;

	if (!o->life.bind_port)
		o->life.strict_port = 0;
	if (!o->output.io || (*o->output.io != '/' &&
	    strncmp(o->output.io, "file:", 5) != 0))
		o->output.rotate_ms = NULL;
}

static int
live(int argc, char **argv)
{
	if (argc == 0) {
		log_error("no program to run: see dock --help");
		return CANNOT_RUN;
	}
	if (interactive && !init_options.output.io && !isatty(0)) {
		log_error("-i: expected a terminal as standard input");
		return CANNOT_RUN;
	}
	drop_useless();
	return cmd_init.run(argc, argv);
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
	return first < 0 ? BAD_USAGE : live(n - first, out + first);
}

const struct command cmd_dock = {
	.name = "dock", .early = intake_block, .raw = run,
};
