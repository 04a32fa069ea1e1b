#include "init/rotate.h"
#include <fcntl.h>
#include <unistd.h>
int rotate_open(struct rotate *r, const char *path, int64_t e){(void)e; r->fd=open(path,O_WRONLY|O_APPEND|O_CREAT|O_CLOEXEC,0644);return r->fd<0?-1:0;}
ssize_t rotate_write(struct rotate *r, const char *d, size_t n){return write(r->fd,d,n);}
void rotate_close(struct rotate *r){close(r->fd);}
