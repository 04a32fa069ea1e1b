#include "init/check.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/io.h"
#include "lib/spawn.h"
#include "lib/strbuf.h"

static struct child child;
static void (*on_done)(int err);

/* A text that does not say who is to read it: the kernel takes it for no
 * program. */
static int
is_bare_text(const char *path)
{
	char head[64];
	ssize_t i, n = io_slurp(AT_FDCWD, path, head, sizeof(head));

	if (n < 0 || (n >= 2 && head[0] == '#' && head[1] == '!'))
		return 0;
	for (i = 0; i < n; i++)		/* in UTF-8, perhaps */
		if (isascii(head[i]) && !isprint(head[i]) && !isspace(head[i]))
			return 0;
	return 1;
}

static int
check_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	if (eaccess(path, X_OK) < 0)
		return errno;
	return is_bare_text(path) ? ENOEXEC : 0;
}

int
check_find(const char *name, char path[PATH_MAX])
{
	const char *dir = getenv("PATH");
	int err, denied = 0, len;

	if (!*name)
		return ENOENT;
	if (strchr(name, '/'))
		return fit(path, PATH_MAX, "%s", name) < 0 ? ENAMETOOLONG :
		    check_path(name);
	if (!dir)
		return 0;	/* libc has an idea of its own */
	for (;; dir += len + 1) {
		len = (int)strcspn(dir, ":");
		if (fit(path, PATH_MAX, "%.*s%s%s", len, dir,
		    len ? "/" : "", name) == 0) {
			err = check_path(path);
			if (err == 0 || err == ENOEXEC)
				return err;
			denied |= err == EACCES;
		}
		if (!dir[len])
			return denied ? EACCES : ENOENT;
	}
}

static int
check(void *name)
{
	char path[PATH_MAX];
	int err = check_find(name, path);

	return err < 0 || err > 255 ? 0 : err;	/* exec will tell */
}

static void
on_exited(struct child *c, int wstatus)
{
	void (*done)(int err) = on_done;
	int status = child_status(wstatus);

	(void)c;
	on_done = NULL;
	if (done)
		done(status > 128 ? 0 : status);
}

int
check_start(const char *name, void (*done)(int err))
{
	struct spawn s = SPAWN_INIT;

	on_done = done;
	child.exited = on_exited;
	s.setup = check;
	s.arg = (void *)name;
	return child_start(&child, &s, 0);
}

void
check_stop(void)
{
	on_done = NULL;
	child_kill(&child, SIGKILL);
}

const char *
check_reason(const char *name, const char *dir, int err)
{
	char path[PATH_MAX];
	struct stat st;

	if (err == ENOEXEC)
		return ": expected a program, or a script that begins with #!";
	if (!strchr(name, '/'))
		return err == ENOENT ? ": expected a program that is in $PATH" :
		    "";
	if (fit(path, sizeof(path), "%s/%s", dir && *name != '/' ? dir : "",
	    name) < 0 || stat(dir || *name == '/' ? path : name, &st) < 0)
		return "";
	if (err == EACCES && S_ISDIR(st.st_mode))
		return ": it is a folder: expected a program";
	if (err == ENOENT)
		return ": expected the interpreter or loader that it names";
	return "";
}
