/* words_fuzz.c - a label's text on its way to an argv.  The first byte is
 * the kind, the rest the text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/netcmd.h"
#include "lib/strvec.h"
#include "lib/words.h"
#include "test/argv_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
var(void *arg, const char *name)
{
	(void)arg;
	if (strcmp(name, "IP") == 0)
		return "10.0.0.1";
	return strcmp(name, "EVIL") == 0 ? "a;b 'c \"\x1b\n$IP \xff" : NULL;
}

static void
must(int fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void
check(enum netcmd_kind kind, const struct strvec *words)
{
	struct strvec argv = STRVEC_INIT;
	char err[256] = "";
	const char *wrong;

	strvec_push(&argv, "before");
	if (netcmd_check(kind, words, &argv, err, sizeof(err)) < 0) {
		must(argv.n == 1, "argv touched by a refused command");
		must(*err && strlen(err) < sizeof(err), "no reason");
		for (const char *s = err; *s; s++)
			must(*s >= ' ' && *s <= '~', "reason not printable");
	} else {
		free(argv.v[0]);
		memmove(argv.v, argv.v + 1, argv.n * sizeof(*argv.v));
		argv.n--;
		wrong = argv_wrong(kind, &argv);
		must(wrong == NULL, wrong ? wrong : "");
	}
	strvec_release(&argv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strvec words = STRVEC_INIT;
	const char *p, *before;
	char *text, err[256];
	int n;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	p = text;
	while (*p) {
		before = p;
		err[0] = '\0';
		n = words_next(&words, &p, var, NULL, err, sizeof(err));
		must(p > before && p <= text + strlen(text), "no advance");
		must(p[-1] == ';' || *p == '\0', "stopped inside");
		must(n >= 0 ? words.n == (size_t)n : words.n == 0, "count");
		must(n <= WORDS_MAX && (n >= 0 || *err), "result");
		if (n >= 0)
			check(data[0] % NETCMD_KINDS, &words);
		strvec_truncate(&words, 0);
	}
	strvec_release(&words);
	free(text);
	return 0;
}
