/* io.h - helpers for descriptors. */
#ifndef LIB_IO_H
#define LIB_IO_H

#include <sys/types.h>

/* Write all n bytes.  0, or -1 and errno. */
int io_write(int fd, const void *data, size_t n);

/* Read up to n bytes, till the end of file.  The bytes, or -1 and errno. */
ssize_t io_read(int fd, void *data, size_t n);

/* The text of a small file such as those of /proc, path below dirfd
 * (AT_FDCWD: as open(2)).  The bytes, NUL added, at most size - 1 (the rest
 * is left out); -1 and errno if it cannot be read. */
ssize_t io_slurp(int dirfd, const char *path, char *dst, size_t size);

/* Have something open as 0, 1 and 2, before anything else takes the place. */
void io_open_std(void);

/* Close what we inherited: what is above 2 and does not end with exec, as
 * everything does that we open.  None of ours is above top. */
void io_close_inherited(int top);

#endif
