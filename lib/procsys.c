#include "lib/procsys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/strbuf.h"

/* A procfs that only this descriptor leads to: fsopen(2), fsmount(2). */
static int
mount_proc(void)
{
	int fs, mnt = -1, err;

	fs = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -1;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mnt = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	err = errno;
	close(fs);
	errno = err;
	return mnt;
}

int
procsys_write(const char *path, const char *value)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};
	int mnt = mount_proc(), fd = -1, ret = -1, err;
	char below[256];

	if (mnt < 0)
		return -1;
	if (fit(below, sizeof(below), "sys/%s", path) == 0)
		fd = (int)syscall(SYS_openat2, mnt, below, &how, sizeof(how));
	if (fd >= 0)
		ret = io_write(fd, value, strlen(value));
	err = errno;
	if (fd >= 0)
		close(fd);
	close(mnt);
	errno = err;
	return ret;
}
