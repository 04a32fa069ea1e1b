#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "init/ring.h"

#define SIZE 256

static char bytes[SIZE], out[4096];
static struct ring ring;

static void
push(const char *text)
{
	(void)ring_push(&ring, text, strlen(text));
}

/* All that it has, as text. */
static const char *
pull(void)
{
	uint64_t hole;
	size_t n = 0, k;

	do {
		k = ring_pull(&ring, out + n, sizeof(out) - n, &hole);
		n += k;
	} while (k > 0);
	out[n] = '\0';
	return out;
}

static int
empty(void **state)
{
	(void)state;
	ring_init(&ring, bytes, SIZE);
	return 0;
}

static void
what_goes_in_comes_out(void **state)
{
	(void)state;
	assert_string_equal(pull(), "");
	push("one\ntwo");
	push(" more\n");
	push("");
	assert_int_equal(ring_room(&ring), SIZE - 13);
	assert_string_equal(pull(), "one\ntwo more\n");
	assert_int_equal(ring_room(&ring), SIZE);
}

static void
lines_come_whole_where_they_have_an_end(void **state)
{
	uint64_t hole;
	size_t n;

	(void)state;
	push("one\ntwo\nthr");
	n = ring_pull(&ring, out, sizeof(out), &hole);
	assert_memory_equal(out, "one\ntwo\n", 8);
	assert_int_equal(n, 8);
	n = ring_pull(&ring, out, sizeof(out), &hole);
	assert_memory_equal(out, "thr", 3);
	assert_int_equal(n, 3);
}

static void
the_oldest_lines_go_and_are_told(void **state)
{
	char line[32], want[128];
	uint64_t dropped = 0;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(line, sizeof(line), "line %04d\n", i);
		dropped += ring_push(&ring, line, strlen(line));
	}
	pull();
	snprintf(want, sizeof(want), "cleat: %" PRIu64 " lines (%" PRIu64
	    " bytes) were dropped here\nline %04d\n", dropped, dropped * 10,
	    (int)dropped);
	assert_memory_equal(out, want, strlen(want));
	assert_true(dropped >= 74 && dropped <= 90);
	assert_string_equal(out + strlen(out) - 10, "line 0099\n");
	push("on\n");	/* and told once */
	assert_string_equal(pull(), "on\n");
}

static void
a_line_that_was_begun_is_ended_before_the_hole(void **state)
{
	static char text[SIZE / 2];
	uint64_t hole;

	(void)state;
	push("begin of a line");
	assert_int_equal(ring_pull(&ring, out, RING_MARK + 6, &hole), 15);
	push(" and its rest\n");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 2] = '\n';
	push(text);
	push(text);
	push("last\n");
	pull();
	assert_memory_equal(out, "\ncleat: 2 lines (", 17);
	assert_string_equal(out + strlen(out) - 5, "last\n");
}

static void
a_line_longer_than_the_ring_goes_as_a_whole(void **state)
{
	static char text[SIZE * 5];

	(void)state;
	memset(text, 'x', sizeof(text));
	push("before\n");
	(void)ring_push(&ring, text, sizeof(text));
	push("its end\nbehind\n");
	pull();
	assert_non_null(strstr(out, "were dropped here\nbehind\n"));
	assert_null(strchr(out, 'x'));
	assert_null(strstr(out, "its end"));
}

static unsigned chance;

/* The same ones each time. */
static unsigned
random_below(unsigned n)
{
	chance = chance * 1103515245U + 12345U;
	return (chance >> 16) % n;
}

/* Random pushes and pulls: what comes out is lines that went in, in their
 * order, each whole, and the holes count those that are missing. */
static void
no_line_is_torn_doubled_or_missing_without_being_counted(void **state)
{
	unsigned seed, next, got, i;
	uint64_t hole, holes, n;
	char line[64], text[4096];
	size_t len;
	char *p, *end;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		chance = seed;
		ring_init(&ring, bytes, SIZE);
		next = got = 0;
		holes = 0;
		while (next < 300) {
			for (i = random_below(40); i > 0; i--) {
				snprintf(line, sizeof(line), "%u%.*s\n", next++,
				    (int)random_below(30),
				    "..............................");
				push(line);
			}
			len = ring_pull(&ring, text, sizeof(text) - 1, &hole);
			text[len] = '\0';
			for (p = text; (end = strchr(p, '\n')); p = end + 1) {
				if (sscanf(p, "cleat: %" SCNu64 " lines", &n)) {
					got += (unsigned)n;
					holes += n;
					continue;
				}
				assert_int_equal(strtoul(p, NULL, 10), got);
				got++;
			}
			assert_int_equal(*p, '\0');
		}
		(void)holes;
		(void)pull();
		assert_int_equal(ring.len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_goes_in_comes_out, empty),
		cmocka_unit_test_setup(lines_come_whole_where_they_have_an_end,
		    empty),
		cmocka_unit_test_setup(the_oldest_lines_go_and_are_told, empty),
		cmocka_unit_test_setup(
		    a_line_that_was_begun_is_ended_before_the_hole, empty),
		cmocka_unit_test_setup(
		    a_line_longer_than_the_ring_goes_as_a_whole, empty),
		cmocka_unit_test(
		    no_line_is_torn_doubled_or_missing_without_being_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
