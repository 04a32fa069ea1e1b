/* watch.h - the `watch` command, as the rest of the program sees it. */
#ifndef HANDLERS_WATCH_H
#define HANDLERS_WATCH_H

#include "lib/command.h"

extern const struct command cmd_watch;

#endif
