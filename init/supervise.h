/* supervise.h - the life of the main program, from the first signal that is
 * blocked to our exit status: a table of state x event.  Once the program has
 * been started no failure ends it. */
#ifndef INIT_SUPERVISE_H
#define INIT_SUPERVISE_H

#include "init/life.h"

/* Live it (borrowed); returns the program's status. */
int supervise(const struct life *l);

#endif
