#include "lib/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/strbuf.h"

int
ns_pin(const char *proc, pid_t pid)
{
	char path[PATH_MAX];

	if (fit(path, sizeof(path), "%s/%ld", proc, (long)pid) < 0)
		return -1;
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Engines write the ID between marks that no ID has in it: /docker/ID,
 * /docker-ID.scope, /libpod-ID.scope/container. */
static int
is_word(const char *text, const char *at, size_t n)
{
	static const char mark[] = "/-.\n:";

	return at > text && strchr(mark, at[-1]) &&
	    (!at[n] || strchr(mark, at[n]));
}

int
ns_in_cgroup(int pin, const char *id)
{
	char text[16384];	/* a line per hierarchy, a path each */
	const char *at;

	if (!*id) {
		errno = EINVAL;
		return -1;
	}
	if (io_slurp(pin, "cgroup", text, sizeof(text)) < 0)
		return -1;
	for (at = text; (at = strstr(at, id)); at++)
		if (is_word(text, at, strlen(id)))
			return 1;
	return 0;
}

int
ns_open_net(int pin)
{
	return openat(pin, "ns/net", O_RDONLY | O_CLOEXEC);
}

int
ns_is_net(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

int
ns_same(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int
ns_own_proc(const char *proc)
{
	char path[PATH_MAX], self[32];
	ssize_t n;

	if (fit(path, sizeof(path), "%s/self", proc) < 0)
		return -1;
	n = readlink(path, self, sizeof(self) - 1);
	if (n < 0)
		return -1;
	self[n] = '\0';
	return strtol(self, NULL, 10) == (long)getpid();
}

int
ns_initial_pid(void)
{
	struct stat st;

	/* the kernel's PROC_PID_INIT_INO: fixed since Linux 3.8 */
	return stat("/proc/self/ns/pid", &st) == 0 &&
	    st.st_ino == 0xeffffffcU;
}
