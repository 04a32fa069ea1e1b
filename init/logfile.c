#include "init/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HAS_BIRTH 0x800		/* STATX_BTIME */

/* What we need of struct statx: not every musl has it. */
struct birth {
	uint32_t has, skipped[19];
	int64_t sec;
	uint32_t nsec, rest[41];
};

int
logfile_open(const char *path, int flags)
{
	/* a FIFO must not keep us waiting, nor a terminal become ours */
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK | flags, 0644);
}

int
logfile_create(const char *path, const struct stat *like)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return -1;
	/* we may not be allowed to give it away; it is as good then */
	(void)!fchown(fd, like->st_uid, like->st_gid);
	(void)fchmod(fd, like->st_mode & 07777);
	return fd;
}

/* /dev/stdout is somebody else's even if it is a plain file: only the kernel
 * can follow the link that leads there. */
int
logfile_has_name(int fd, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS,
	};
	struct stat st;
	int direct;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	direct = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (direct < 0)
		return errno != ELOOP;	/* before Linux 5.6: we do not know */
	close(direct);
	return 1;
}

int
logfile_is(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

int64_t
logfile_birth_ms(int fd)
{
	struct birth b = { 0 };

	_Static_assert(sizeof(b) == 256, "struct statx");
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, HAS_BIRTH, &b) < 0 ||
	    !(b.has & HAS_BIRTH))
		return 0;
	return b.sec * 1000 + b.nsec / 1000000;
}

int
logfile_ends_inside(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char c = '\n';

	if (fd < 0)
		return 0;
	if (lseek(fd, -1, SEEK_END) >= 0)
		(void)!read(fd, &c, 1);
	close(fd);
	return c != '\n';
}
