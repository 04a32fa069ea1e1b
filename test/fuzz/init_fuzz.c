/* What init reads from outside: URIs, prefixes, signal lists, what the program
 * writes, and the texts of /proc.  The first byte says which. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "init/hook.h"
#include "init/prefix.h"
#include "init/procfs.h"
#include "init/ring.h"
#include "init/signals.h"
#include "init/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int ok)
{
	if (!ok)
		abort();
}

static void
try_uri(const char *text)
{
	static struct uri u;
	const char *why = NULL;

	if (uri_parse(&u, text, &why) < 0) {
		check(why && *why);
		return;
	}
	check(!*u.port || (atoi(u.port) > 0 && atoi(u.port) < 65536));
	check(*u.host || *u.path);
	check(!strpbrk(u.host, "\n/@ "));
}

/* Without the prefixes it is what went in, and none is left at the end. */
static void
try_prefix(const char *text, size_t n)
{
	struct prefix p, none;
	char dst[PREFIX_ROOM + 7];
	size_t used, k, in = 0, lines = 0, out = 0, i;

	if (prefix_parse(&p, "x:") < 0)
		abort();
	none = p;
	for (i = 0; i < n; i++)
		lines += i == 0 || text[i - 1] == '\n';
	while (in < n) {
		k = prefix_put(&p, dst, sizeof(dst), text + in, n - in, &used);
		check(k >= used && k > 0 && used <= n - in);
		in += used;
		out += k;
	}
	check(out == n + lines * none.len);
}

static void
try_ring(const char *text, size_t n)
{
	static char bytes[512], out[600];
	struct ring r;
	uint64_t hole;
	size_t k, step, got = 0;

	ring_init(&r, bytes, sizeof(bytes));
	while (n > 0) {
		step = (unsigned char)*text % 96 + 1;
		step = step < n ? step : n;
		(void)ring_push(&r, text, step);
		text += step;
		n -= step;
		check(r.len <= r.size && r.head < r.size);
		if (*text % 3 == 0) {
			got += k = ring_pull(&r, out, sizeof(out), &hole);
			check(k <= sizeof(out));
		}
	}
	do
		got += k = ring_pull(&r, out, sizeof(out), &hole);
	while (k > 0);
	check(r.len == 0);
}

static void
try_signals(const char *text)
{
	struct signals s = SIGNALS_INIT;
	int sig, as;

	(void)signals_rewrite(&s, text);
	(void)signals_stop(&s, text);
	for (sig = 0; sig <= SIG_MAX + 1; sig++)
		if (signals_act(&s, sig, &as) == SIGNALS_FORWARD)
			check(as >= 1 && as <= SIG_MAX);
}

static void
try_proc(const char *text)
{
	struct proc p;

	(void)procfs_stat(&p, text);
	(void)procfs_number(text, "NSpid:", 3);
	(void)procfs_deaf(text, 64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why;
	char *text;

	if (size == 0)
		return 0;
	text = malloc(size);
	check(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 6) {
	case 0:
		try_uri(text);
		break;
	case 1:
		try_prefix(text, size - 1);
		break;
	case 2:
		try_ring(text, size - 1);
		break;
	case 3:
		try_signals(text);
		break;
	case 4:
		try_proc(text);
		break;
	default:
		(void)hook_url(text, &why);
		break;
	}
	free(text);
	return 0;
}
