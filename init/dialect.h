/* dialect.h - cleat init under the name of another init: that program's command
 * line, variables, messages and exit statuses, and its ways with orphans,
 * terminals and leftovers.  What it does with signals and processes is in
 * init/life.h; here it is only asked for.  No signal means "stop" to these:
 * none of them ends a program because its time is up. */
#ifndef INIT_DIALECT_H
#define INIT_DIALECT_H

#include "init/life.h"
#include "lib/command.h"
#include "lib/util.h"	/* PRINTF */

extern const struct command cmd_tini, cmd_tini_static, cmd_docker_init;
extern const struct command cmd_dumb_init, cmd_catatonit, cmd_dock;

/* What a command line asks for: a life, or a status to exit with at once. */
#define DIALECT_LIVE (-1)

/* Fill in *l, which is zeroed: DIALECT_LIVE, or the exit status after saying
 * what there is to say.  argv is borrowed for good. */
int tini_parse(int argc, char **argv, struct life *l);
int dumbinit_parse(int argc, char **argv, struct life *l);
int catatonit_parse(int argc, char **argv, struct life *l);

/* Statuses that become 0 (tini's -e). */
int tini_status(int status);

/* Have in out, which has room for argc and NULL, what cmd_init takes: words of
 * argv, and new ones (given).  Returns how many. */
int dock_rewrite(int argc, char **argv, char **out);

/* A text in one write(2), which is never waited for. */
void dialect_say(int fd, const char *fmt, ...) PRINTF(2, 3);

/* Live l as PID 1 or not; its status. */
int dialect_live(const struct life *l);

extern const char dialect_license[];

#endif
