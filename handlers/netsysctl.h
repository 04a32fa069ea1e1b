/* netsysctl.h - which sysctl a label may set.  Pure.
 * The name must be one of net.*; what is global to the kernel although it
 * lives there is refused. */
#ifndef HANDLERS_NETSYSCTL_H
#define HANDLERS_NETSYSCTL_H

#include <stddef.h>

struct strvec;

/* Append the path of NAME=VALUE ("net/ipv4/ip_forward") and the value to
 * argv.  Returns NULL, or what is wrong with it (argv is as before). */
const char *netsysctl_check(const char *word, struct strvec *argv);

#endif
