/* main.c - the list of commands.  The only file that sees every folder. */
#include <stddef.h>

#include "handlers/watch.h"
#include "init/dialect.h"
#include "init/hook.h"
#include "init/init.h"
#include "init/port.h"
#include "init/relay.h"
#include "lib/command.h"

static const struct command *const commands[] = {
	&cmd_init,
	&cmd_watch,
	&cmd_hook,
	&cmd_port,
	&cmd_relay,
	&cmd_tini,
	&cmd_tini_static,
	&cmd_docker_init,
	&cmd_dumb_init,
	&cmd_catatonit,
	&cmd_dock,
	NULL
};

int
main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
