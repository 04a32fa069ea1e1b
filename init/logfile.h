/* logfile.h - the file that a log is written to, and what is known of it: has
 * it a name that can be given to another, how old is it, does it end with a
 * line.  Nothing here changes a file that is there. */
#ifndef INIT_LOGFILE_H
#define INIT_LOGFILE_H

#include <stdint.h>

struct stat;

/* Open path to append to it, made if it is not there; flags are added.  -1 and
 * errno. */
int logfile_open(const char *path, int flags);

/* Make path, which is not there yet, with owner and mode of another file.  -1
 * and errno. */
int logfile_create(const char *path, const struct stat *like);

/* Is path (open as fd) a plain file with a name of its own? */
int logfile_has_name(int fd, const char *path);

/* Does path lead, not by a symlink, to what is open as fd? */
int logfile_is(int fd, const char *path);

/* When it was made, by CLOCK_REALTIME in ms; 0: the file system does not say.
 */
int64_t logfile_birth_ms(int fd);

/* Does it end within a line?  No, if we may not look. */
int logfile_ends_inside(const char *path);

#endif
