/* relay.h - the `relay` command: carries what the main program writes to where
 * --io says, and what comes from there to the program.  PID 1 runs it, and runs
 * it again if it dies; it learns by the exit status what there is to do. */
#ifndef INIT_RELAY_H
#define INIT_RELAY_H

#include "lib/command.h"

/* Its exit status when whoever was at the other end of an interactive wire has
 * gone.  0: the program writes no more, and all has been passed on. */
#define RELAY_CLOSED 10

extern const struct command cmd_relay;

#endif
