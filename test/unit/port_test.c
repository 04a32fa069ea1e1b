/* port_test.c - lines of /proc/net/tcp and tcp6 as kernels write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "init/port.h"
#include "lib/util.h"

static void
assert_line(const char *text, unsigned port, unsigned state,
    unsigned long long inode)
{
	struct port_line l = { 0 };

	assert_int_equal(port_parse(&l, text), 0);
	assert_int_equal(l.port, port);
	assert_int_equal(l.state, state);
	assert_int_equal(l.inode, inode);
}

static void
the_port_the_state_and_the_inode_are_read(void **state)
{
	(void)state;
	assert_line("   1: 00000000:1F90 00000000:0000 0A 00000000:00000001 "
	    "00:00000000 00000000     0        0 110022 2 0000000027ab60a2 "
	    "100 0 0 10 0                    \n", 8080, PORT_LISTENS, 110022);
	assert_line("   0: 00000000000000000000000000000000:20FB "
	    "00000000000000000000000000000000:0000 0A 00000000:00000000 "
	    "00:00000000 00000000     0        0 110024 1 0000000001bd52c9 "
	    "100 0 0 10 0\n", 8443, PORT_LISTENS, 110024);
	assert_line("   2: 0100007F:1F90 0100007F:ACAE 01 00000000:00000000 "
	    "00:00000000 00000000     0        0 0 1 000000001da019d3 20 0 0 "
	    "10 -1\n", 8080, 1, 0);
	/* an inode is a long, whatever the machine */
	assert_line("12345: 0100007F:FFFF 00000000:0000 0A 00000000:00000000 "
	    "00:00000000 00000000 65534        0 18446744073709551615 1 "
	    "0000000000000000 100 0 0 10 0\n", 65535, PORT_LISTENS,
	    18446744073709551615ULL);
	/* a connection in TIME_WAIT */
	assert_line("   7: 0100007F:0050 0100007F:9C40 06 00000000:00000000 "
	    "03:00001770 00000000     0        0 0 3 0000000000000000\n", 80,
	    6, 0);
}

static void
what_is_no_socket_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "garbage",
		"  sl  local_address rem_address   st tx_queue rx_queue tr "
		"tm->when retrnsmt   uid  timeout inode\n",
		"   1: 00000000:1F90 00000000:0000 0A 00000000:00000001 "
		"00:00000000 00000000     0        0",
		"   1: 00000000 00000000:0000 0A 00000000:00000001 "
		"00:00000000 00000000     0        0 110022 2",
	};
	struct port_line l;
	size_t i;

	(void)state;
	for (i = 0; i < countof(bad); i++)
		assert_int_equal(port_parse(&l, bad[i]), -1);
}

static void
a_link_that_leads_to_a_socket_names_its_inode(void **state)
{
	(void)state;
	assert_int_equal(port_socket("socket:[110022]"), 110022);
	assert_int_equal(port_socket("pipe:[110022]"), 0);
	assert_int_equal(port_socket("/dev/null"), 0);
	assert_int_equal(port_socket("/tmp/socket:[5]"), 0);
	assert_int_equal(port_socket("socket:["), 0);
	assert_int_equal(port_socket(""), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_port_the_state_and_the_inode_are_read),
		cmocka_unit_test(what_is_no_socket_is_refused),
		cmocka_unit_test(
		    a_link_that_leads_to_a_socket_names_its_inode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
