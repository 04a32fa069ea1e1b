/* ns_test.c - processes and their namespaces, pinned.  What a cgroup file
 * says is tested on folders that look like one of /proc. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/io.h"
#include "lib/ns.h"

#define ID "4028714986f070dedc5f78ff90ded0f813fa35b7da3682c2f3ce356a7ea34907"
#define OTHER "8b3dc500d0410d5021e45e5ed1ac39a534b4e8c98e013d00ec8ac2c6899f8b25"

static char dir[] = "/tmp/ns_test.XXXXXX";

/* Is id named in a cgroup file with this text? */
static int
named(const char *text, const char *id)
{
	int pin = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, ret;

	assert_true(pin >= 0);
	fd = openat(pin, "cgroup", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(io_write(fd, text, strlen(text)), 0);
	close(fd);
	ret = ns_in_cgroup(pin, id);
	close(pin);
	return ret;
}

static void
every_engines_cgroup_path_names_its_container(void **state)
{
	static const char *const paths[] = {
		"0::/docker/" ID "\n",
		"0::/system.slice/docker-" ID ".scope\n",
		"0::/machine.slice/libpod-" ID ".scope\n",
		"0::/machine.slice/libpod-" ID ".scope/container\n",
		"0::/user.slice/user-1000.slice/user@1000.service/user.slice/"
		    "libpod-" ID ".scope/container\n",
		"0::/../" ID "\n",
		"0::/../docker-" ID ".scope/init\n",
		"0::/kubepods/besteffort/pod1/" ID "\n",
		"0::/kubepods.slice/cri-containerd-" ID ".scope\n",
		"0::/my/parent/" ID "/nested/deeper\n",
		"12:pids:/docker/" ID "\n11:cpu,cpuacct:/docker/" ID "\n0::/\n",
		"0::/system.slice/containerd.service/default:cleat:" ID,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (named(paths[i], ID) != 1)
			fail_msg("not found in %s", paths[i]);
}

static void
a_part_of_a_word_is_not_the_container(void **state)
{
	(void)state;
	assert_int_equal(named("0::/docker/" OTHER "\n", ID), 0);
	assert_int_equal(named("0::/docker/" ID "0\n", ID), 0);
	assert_int_equal(named("0::/docker/0" ID "\n", ID), 0);
	assert_int_equal(named("0::/docker/" ID "\n", "4028714986f0"), 0);
	assert_int_equal(named("0::/docker/a" ID "/" ID "\n", ID), 1);
	assert_int_equal(named("0::/\n", ID), 0);
	assert_int_equal(named("", ID), 0);
	assert_int_equal(named(ID, ID), 0);	/* it has no path */
}

static void
an_empty_id_names_nobody(void **state)
{
	(void)state;
	assert_int_equal(named("0::/docker/" ID "\n", ""), -1);
	assert_int_equal(errno, EINVAL);
}

static void
a_process_that_cannot_be_seen_is_no_process(void **state)
{
	(void)state;
	assert_int_equal(ns_pin("/proc", 0x3fffffff), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ns_pin("/nonexistent", 1), -1);
}

/* A child in a network namespace of its own, if we may make one. */
static pid_t
start_child(int flags)
{
	char c;
	int p[2];
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		if (flags && unshare(flags) < 0)
			_exit(1);
		(void)!write(p[1], "x", 1);
		pause();
		_exit(0);
	}
	close(p[1]);
	if (read(p[0], &c, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = 0;
	}
	close(p[0]);
	return pid;
}

static void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
a_dead_process_cannot_be_entered_through_its_pin(void **state)
{
	pid_t pid = start_child(0);
	int pin = ns_pin("/proc", pid), fd = ns_open_net(pin);

	(void)state;
	assert_true(pin >= 0);
	assert_true(fd >= 0);
	close(fd);
	end_child(pid);
	assert_int_equal(ns_open_net(pin), -1);
	assert_true(errno == ESRCH || errno == ENOENT);
	assert_int_equal(ns_in_cgroup(pin, ID), -1);
	close(pin);
}

static void
namespaces_are_the_same_or_not(void **state)
{
	pid_t same = start_child(0), other = start_child(CLONE_NEWNET);
	int a = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), b, pin;

	(void)state;
	pin = ns_pin("/proc", same);
	b = ns_open_net(pin);
	assert_int_equal(ns_same(a, b), 1);
	close(b);
	close(pin);
	end_child(same);
	assert_int_equal(ns_same(a, -1), 0);
	if (other > 0) {
		pin = ns_pin("/proc", other);
		b = ns_open_net(pin);
		assert_int_equal(ns_same(a, b), 0);
		close(b);
		close(pin);
		end_child(other);
	}
	close(a);
}

static void
our_own_proc_is_known_from_anothers(void **state)
{
	char path[64];

	(void)state;
	assert_int_equal(ns_own_proc("/proc"), 1);
	assert_int_equal(ns_own_proc("/nonexistent"), -1);
	snprintf(path, sizeof(path), "%s/self", dir);
	assert_int_equal(symlink("1", path), 0);
	assert_int_equal(ns_own_proc(dir), getpid() == 1);
	unlink(path);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/cgroup", dir);
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_engines_cgroup_path_names_its_container),
		cmocka_unit_test(a_part_of_a_word_is_not_the_container),
		cmocka_unit_test(an_empty_id_names_nobody),
		cmocka_unit_test(a_process_that_cannot_be_seen_is_no_process),
		cmocka_unit_test(
		    a_dead_process_cannot_be_entered_through_its_pin),
		cmocka_unit_test(namespaces_are_the_same_or_not),
		cmocka_unit_test(our_own_proc_is_known_from_anothers),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
