/* event_fuzz.c - what an engine says, on its way to an event or a container.
 * Every result must keep the promises of the headers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/container.h"
#include "handlers/event.h"
#include "lib/json.h"
#include "lib/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void
check_event(const struct json *j)
{
	struct event ev, again;

	if (event_parse(&ev, j, "docker-events.") < 0)
		return;
	must(*ev.type && *ev.action, "empty word");
	must(strspn(ev.type, "abcdefghijklmnopqrstuvwxyz0123456789_-") ==
	    strlen(ev.type), "type");
	must(strspn(ev.action, "abcdefghijklmnopqrstuvwxyz0123456789_-") ==
	    strlen(ev.action), "action");
	must(ev.id && ev.name, "no strings");
	must(event_parse(&again, j, "docker-events.") == 0 &&
	    again.identity == ev.identity, "identity");
	event_release(&again);
	event_release(&ev);
}

static void
check_container(const struct json *j)
{
	struct container c;
	size_t i;

	if (container_parse(&c, j, "docker-events.") == 0) {
		must(*c.id != '\0', "no ID");
		must(c.pid >= 0, "pid");
		must(c.keys.n == c.values.n, "labels");
		for (i = 0; i < c.keys.n; i++)
			must(!strncmp(c.keys.v[i], "docker-events.", 14) &&
			    c.values.v[i], "label");
	}
	container_release(&c);
}

/* Every value can be walked to and read; the walk ends. */
static void
walk(const struct json *j)
{
	struct strbuf b = STRBUF_INIT;
	int v, k, n;

	for (v = 0; v < j->ntok && v < 100; v++) {
		for (n = 0, k = json_first(j, v); k >= 0; n++)
			k = json_next(j, v, k);
		must(n <= j->ntok, "endless object");
		for (n = 0, k = json_item(j, v); k >= 0; n++)
			k = json_item_next(j, v, k);
		must(n <= j->ntok, "endless array");
		strbuf_clear(&b);
		if (json_str(j, v, &b) == 0)
			must(strlen(b.s) == b.len, "NUL in a string");
		(void)json_int(j, v);
		(void)json_true(j, v);
	}
	strbuf_release(&b);
}

/* What an array is cut into lies within it, one behind the other. */
static void
cut(const char *text, size_t size)
{
	const char *at = text, *item, *last = text;
	size_t len;

	while (json_cut(&at, text + size, &item, &len) > 0) {
		must(item > last || last == text, "no step");
		must(item + len == at && at < text + size, "outside");
		last = at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json j;	/* kept from text to text, as stream.c does */
	char *text = malloc(size ? size : 1);	/* its end is guarded */

	memcpy(text, data, size);
	cut(text, size);
	if (json_parse(&j, text, size) == 0) {
		walk(&j);
		check_event(&j);
		check_container(&j);
	}
	free(text);
	return 0;
}
