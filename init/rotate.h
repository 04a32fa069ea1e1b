#ifndef R
#define R
#include <stdint.h>
#include <sys/types.h>
struct rotate { int fd; };
int rotate_open(struct rotate *r, const char *path, int64_t every_ms);
ssize_t rotate_write(struct rotate *r, const char *data, size_t n);
void rotate_close(struct rotate *r);
#endif
