/* stamp.h - the names of what was set aside of a log file:
 * FILE_YYYYMMDDhhmmss and a suffix, in local time.  Nothing that is named
 * otherwise is ever taken for one.  A later name sorts behind all earlier ones
 * whatever the clock does, so names tell which file is the oldest. */
#ifndef INIT_STAMP_H
#define INIT_STAMP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/strvec.h"

#define STAMP_SIZE 15		/* 14 digits and a NUL */

/* Add the files path_STAMPsuffix to names (released by the caller), as whole
 * paths, the oldest first.  -1 and errno if the folder cannot be read. */
int stamp_list(const char *path, const char *suffix, struct strvec *names);

/* The newest stamp that path has with this suffix; "" if there is none. */
void stamp_newest(const char *path, const char *suffix, char stamp[STAMP_SIZE]);

/* Make stamp the one of now, or if that is not behind what it was, the first
 * second behind.  -1 and EOVERFLOW: there is none. */
int stamp_next(char stamp[STAMP_SIZE]);

/* When that was, by CLOCK_REALTIME in ms; 0 for "". */
int64_t stamp_ms(const char *stamp);

#endif
