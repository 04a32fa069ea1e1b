/* ns.h - the namespaces of a process, opened so that a PID that is used
 * again cannot lead into the wrong one.  A process is pinned by a descriptor
 * of its folder in /proc: once it is dead, nothing can be opened through
 * that any more, whoever has its number then (proc(5), pid_namespaces(7)). */
#ifndef LIB_NS_H
#define LIB_NS_H

#include <sys/types.h>

/* Pin process pid as numbered in the procfs at proc ("/host/proc").  A
 * descriptor; -1 and ENOENT or ESRCH: no such process is visible there. */
int ns_pin(const char *proc, pid_t pid);

/* Does the cgroup path of the pinned process name id as one of its words?
 * 1 yes, 0 no; -1 and errno: the process is gone, or may not be read. */
int ns_in_cgroup(int pin, const char *id);

/* Its network namespace, for setns(2).  -1 and errno; EACCES: we lack
 * CAP_SYS_PTRACE. */
int ns_open_net(int pin);

/* Is this descriptor one of a network namespace?  ioctl_ns(2). */
int ns_is_net(int fd);

/* Are these two descriptors of the same namespace? */
int ns_same(int a, int b);

/* Is the procfs at proc that of our own PID namespace?  In a container with
 * -v /proc:/proc it is the host's.  1, 0, or -1 and errno. */
int ns_own_proc(const char *proc);

/* Are we in the PID namespace that the kernel started with? */
int ns_initial_pid(void);

#endif
