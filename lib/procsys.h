/* procsys.h - write a setting below /proc/sys, in the network namespace that
 * the calling process is in. */
#ifndef LIB_PROCSYS_H
#define LIB_PROCSYS_H

/* Write value to path ("net/ipv4/ip_forward").  A procfs of our own is used,
 * which is mounted nowhere: that of a container is read-only, and another's
 * would be of other namespaces.  The path cannot leave it (openat2(2)).  System
 * calls only.  0, or -1 and errno.  Needs CAP_SYS_ADMIN. */
int procsys_write(const char *path, const char *value);

#endif
