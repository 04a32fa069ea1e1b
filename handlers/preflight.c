#include "handlers/preflight.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "handlers/engine.h"
#include "handlers/netns.h"
#include "lib/caps.h"
#include "lib/log.h"
#include "lib/ns.h"
#include "lib/util.h"

#define PROC_MAGIC 0x9fa0	/* statfs(2): PROC_SUPER_MAGIC */

static const struct {
	int cap;
	const char *name, *what;
	int needed;
} caps[] = {
	{ CAP_SYS_ADMIN, "SYS_ADMIN", "enter a container's network namespace",
	    1 },
	{ CAP_NET_ADMIN, "NET_ADMIN", "change addresses, routes and rules",
	    1 },
	{ CAP_SYS_PTRACE, "SYS_PTRACE",
	    "see the namespaces of containers that do not run as root", 0 },
};

static int
check_caps(void)
{
	int status = 0;
	size_t i;

	for (i = 0; i < countof(caps); i++) {
		if (caps_has(caps[i].cap) != 0)
			continue;	/* or the first container will tell */
		(caps[i].needed ? log_error : log_warn)("the capability %s "
		    "is missing, without which cleat cannot %s: add --cap-add "
		    "%s, or --privileged", caps[i].name, caps[i].what,
		    caps[i].name);
		if (caps[i].needed)
			status = STATUS_NOPERM;
	}
	return status;
}

/* Are the PIDs below proc those of the engine?  They are if proc is not of
 * our own PID namespace (a mount from the host), or if the engine itself is
 * seen in ours. */
static int
check_proc(const char *proc, const char *unix_path)
{
	struct statfs fs;

	if (statfs(proc, &fs) < 0) {
		log_err("--proc %s", proc);
		return STATUS_CONFIG;
	}
	if (fs.f_type != PROC_MAGIC) {
		log_error("--proc %s: expected a procfs, such as the host's by "
		    "-v /proc:/host/proc:ro", proc);
		return STATUS_CONFIG;
	}
	if (!unix_path || ns_own_proc(proc) != 1 || ns_initial_pid() ||
	    netns_peer(unix_path) > 0)
		return 0;
	log_error("the host's processes cannot be seen below %s: start the "
	    "worker with --pid=host or -v /proc:/host/proc:ro", proc);
	return STATUS_CONFIG;
}

int
preflight(const char *proc, const char *unix_path)
{
	int status = check_proc(proc, unix_path);

	return status ? status : check_caps();
}
