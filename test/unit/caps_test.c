/* caps_test.c - what is dropped is gone for good; children try it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/caps.h"

/* Run fn in a child: does it give true? */
static void
assert_in_child(int (*fn)(void))
{
	pid_t pid = fork();
	int wstatus;

	if (pid == 0)
		_exit(fn() ? 0 : 1);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(wstatus, 0);
}

/* The bit of cap in this line of our status; -1: there is no such line. */
static int
bit(const char *line, int cap)
{
	FILE *f = fopen("/proc/self/status", "re");
	char name[16], buf[256];
	unsigned long long mask;
	int found = -1;

	snprintf(name, sizeof(name), "%s:", line);
	while (f && fgets(buf, sizeof(buf), f)) {
		char key[16];

		if (sscanf(buf, "%15s %llx", key, &mask) == 2 &&
		    !strcmp(key, name))
			found = (int)(mask >> cap & 1);
	}
	if (f)
		fclose(f);
	return found;
}

static int
drop_one(void)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff" };
	int net = bit("CapEff", CAP_NET_ADMIN), sys;
	size_t i;

	sys = bit("CapBnd", CAP_SYS_MODULE) && bit("CapEff", CAP_SETPCAP);
	caps_drop(CAP_SYS_MODULE);
	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (bit(sets[i], CAP_SYS_MODULE) != 0)
			return 0;
	/* those that may take it out of the bounding set have done so */
	if (sys && bit("CapBnd", CAP_SYS_MODULE) != 0)
		return 0;
	return caps_has(CAP_SYS_MODULE) == 0 &&
	    bit("CapEff", CAP_NET_ADMIN) == net &&
	    caps_has(CAP_NET_ADMIN) == net;
}

static void
one_that_is_dropped_is_in_no_set_and_the_others_stay(void **state)
{
	(void)state;
	assert_in_child(drop_one);
}

static int
drop_above_31(void)
{
	caps_drop(CAP_SYSLOG);
	return caps_has(CAP_SYSLOG) == 0 && bit("CapEff", CAP_SYSLOG) == 0 &&
	    caps_has(CAP_KILL) == bit("CapEff", CAP_KILL);
}

static void
numbers_above_31_are_meant_as_well(void **state)
{
	(void)state;
	assert_in_child(drop_above_31);
}

static int
drop_twice(void)
{
	caps_drop(CAP_SYS_MODULE);
	caps_drop(CAP_SYS_MODULE);
	return caps_has(CAP_SYS_MODULE) == 0;
}

static void
one_that_is_not_there_is_no_error(void **state)
{
	(void)state;
	assert_in_child(drop_twice);
}

static int
has_after_exec(void)
{
	caps_drop(CAP_SYS_MODULE);
	execl("/bin/sh", "sh", "-c", "while read -r key mask; do "
	    "[ \"$key\" != CapEff: ] || exit $((0x$mask >> 16 & 1)); "
	    "done </proc/self/status; exit 2", (char *)NULL);
	return 0;
}

static void
what_is_executed_has_it_as_little(void **state)
{
	(void)state;
	assert_in_child(has_after_exec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    one_that_is_dropped_is_in_no_set_and_the_others_stay),
		cmocka_unit_test(numbers_above_31_are_meant_as_well),
		cmocka_unit_test(one_that_is_not_there_is_no_error),
		cmocka_unit_test(what_is_executed_has_it_as_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
