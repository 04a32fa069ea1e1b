#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "init/check.h"

static char dir[] = "/tmp/cleat-check-XXXXXX";

static void
write_file(const char *name, const char *text, size_t n, mode_t mode)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
make_files(void **state)
{
	static const char elf[] = "\177ELF\2\1\1";

	(void)state;
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	mkdir("a", 0755);
	mkdir("b", 0755);
	mkdir("b/folder", 0755);
	write_file("a/plain", "data\n", 5, 0644);
	write_file("b/plain", "#!/bin/sh\n", 10, 0755);
	write_file("a/text", "echo hello\n", 11, 0755);
	write_file("a/empty", "", 0, 0755);
	write_file("b/elf", elf, sizeof(elf), 0755);
	return 0;
}

static int
remove_files(void **state)
{
	char cmd[64];

	(void)state;
	snprintf(cmd, sizeof(cmd), "/bin/rm -rf %s", dir);
	/* NOLINTNEXTLINE(cert-env33-c) */
	return chdir("/") < 0 || system(cmd) != 0;
}

static int
looked_up(const char *name)
{
	char path[PATH_MAX];

	return check_find(name, path);
}

static void
a_name_is_looked_up_as_exec_does(void **state)
{
	(void)state;
	assert_int_equal(setenv("PATH", "a:b:/no/such/folder", 1), 0);
	assert_int_equal(looked_up("elf"), 0);
	/* the one that may not be executed is passed over */
	assert_int_equal(looked_up("plain"), 0);
	assert_int_equal(looked_up("nothing"), ENOENT);
	assert_int_equal(looked_up(""), ENOENT);
	assert_int_equal(looked_up("folder"), EACCES);
	assert_int_equal(looked_up("text"), ENOEXEC);
	assert_int_equal(setenv("PATH", "a", 1), 0);
	assert_int_equal(looked_up("plain"), EACCES);
}

static void
a_path_is_no_name(void **state)
{
	(void)state;
	assert_int_equal(setenv("PATH", "b", 1), 0);
	assert_int_equal(looked_up("./elf"), ENOENT);
	assert_int_equal(looked_up("b/elf"), 0);
	assert_int_equal(looked_up("b/folder"), EACCES);
	assert_int_equal(looked_up("a/plain"), EACCES);
	assert_int_equal(looked_up("a/text"), ENOEXEC);
	assert_int_equal(looked_up("a/empty"), ENOEXEC);
	assert_int_equal(looked_up("a/text/x"), ENOTDIR);
}

static void
an_empty_folder_of_path_is_this_one(void **state)
{
	(void)state;
	assert_int_equal(chdir("b"), 0);
	assert_int_equal(setenv("PATH", "/no/such/folder:", 1), 0);
	assert_int_equal(looked_up("elf"), 0);
	assert_int_equal(chdir(".."), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_looked_up_as_exec_does),
		cmocka_unit_test(a_path_is_no_name),
		cmocka_unit_test(an_empty_folder_of_path_is_this_one),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
