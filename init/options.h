/* options.h - the options of `cleat init`: one table, and what it sets. */
#ifndef INIT_OPTIONS_H
#define INIT_OPTIONS_H

#include "init/life.h"
#include "init/output.h"
#include "lib/opt.h"

#define INIT_ENV "CLEAT_INIT"	/* and _NAME: what variables set them, too */

struct init_options {
	struct life life;
	struct output output;
	const char *web_hook;		/* URL, or NULL */
	unsigned char remap[256];	/* status to exit with, less itself */
};

extern struct init_options init_options;
extern const struct opt init_opts[];
extern const char init_help[];

/* What no option can tell by itself.  0, or -1 after saying what is wrong. */
int init_options_check(void);

#endif
