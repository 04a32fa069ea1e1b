#include "lib/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
io_write(int fd, const void *data, size_t n)
{
	const char *p = data;
	ssize_t k;

	while (n > 0) {
		k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

ssize_t
io_read(int fd, void *data, size_t n)
{
	size_t got = 0;
	ssize_t k;

	while (got < n) {
		k = read(fd, (char *)data + got, n - got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return (ssize_t)got;
}

ssize_t
io_slurp(int dirfd, const char *path, char *dst, size_t size)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = io_read(fd, dst, size - 1);
	err = errno;
	close(fd);
	errno = err;
	if (n >= 0)
		dst[n] = '\0';
	return n;
}

void
io_open_std(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR);
}

void
io_close_inherited(int top)
{
	int fd, flags;

	if (syscall(SYS_close_range, top + 1, ~0U, 0) < 0 && top < 1024)
		top = 1024;	/* before Linux 5.9 */
	for (fd = 3; fd <= top; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
}
