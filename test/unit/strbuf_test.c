#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "lib/strbuf.h"

static void
strbuf_starts_as_the_empty_string(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	assert_int_equal(b.len, 0);
	assert_string_equal(b.s, "");
	strbuf_release(&b);
	strbuf_release(&b);	/* harmless */
}

static void
strbuf_keeps_its_text_across_growth(void **state)
{
	struct strbuf b = STRBUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		strbuf_addf(&b, "%03d", i);
	assert_int_equal(b.len, 3000);
	assert_memory_equal(b.s, "000001", 6);
	assert_string_equal(b.s + 2997, "999");
	strbuf_release(&b);
}

static void
strbuf_takes_any_bytes(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_add(&b, "a\0b", 3);
	strbuf_add(&b, NULL, 0);
	strbuf_adds(&b, "c");
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.s, "a\0bc", 5);
	strbuf_release(&b);
}

static void
strbuf_drops_from_the_front(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_drop(&b, 0);
	strbuf_adds(&b, "abcdef");
	strbuf_drop(&b, 2);
	assert_string_equal(b.s, "cdef");
	strbuf_drop(&b, 4);
	assert_string_equal(b.s, "");
	assert_int_equal(b.len, 0);
	strbuf_release(&b);
}

static void
strbuf_can_be_cleared_and_used_again(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_clear(&b);
	assert_string_equal(b.s, "");
	strbuf_adds(&b, "abc");
	strbuf_clear(&b);
	assert_string_equal(b.s, "");
	strbuf_adds(&b, "d");
	assert_string_equal(b.s, "d");
	strbuf_release(&b);
}

static void
fit_refuses_to_truncate(void **state)
{
	char buf[4];

	(void)state;
	assert_int_equal(fit(buf, sizeof(buf), "%s", "abc"), 0);
	assert_string_equal(buf, "abc");
	errno = 0;
	assert_int_equal(fit(buf, sizeof(buf), "%s", "abcd"), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_string_equal(buf, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strbuf_starts_as_the_empty_string),
		cmocka_unit_test(strbuf_keeps_its_text_across_growth),
		cmocka_unit_test(strbuf_takes_any_bytes),
		cmocka_unit_test(strbuf_drops_from_the_front),
		cmocka_unit_test(strbuf_can_be_cleared_and_used_again),
		cmocka_unit_test(fit_refuses_to_truncate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
