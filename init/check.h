/* check.h - can the program be run at all?  Asked in a child before anything
 * else is started, since the file system it is on may hang. */
#ifndef INIT_CHECK_H
#define INIT_CHECK_H

#include <limits.h>

/* Look at name as execvp(3) would find it; done() gets 0 or the errno that it
 * is going to fail with.  -1 and errno: there is no such child. */
int check_start(const char *name, void (*done)(int err));
void check_stop(void);		/* done() is not called any more */

/* What is wrong with name, started in dir (NULL: here), that err does not tell,
 * for a message; "". */
const char *check_reason(const char *name, const char *dir, int err);

/* 0, or the errno that running name fails with.  ENOEXEC is a text that names
 * no interpreter: path is its name then. */
int check_find(const char *name, char path[PATH_MAX]);

#endif
