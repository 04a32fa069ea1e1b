#include "handlers/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/json.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/xalloc.h"

static int
is_word(const char *s)
{
	return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-")]
	    == '\0';
}

/* The word before the first ':': "exec_start" of "exec_start: ls". */
static int
copy_word(char *dst, size_t size, const char *s)
{
	if (fit(dst, size, "%.*s", (int)strcspn(s, ":"), s) < 0)
		return -1;
	return is_word(dst) ? 0 : -1;
}

/* Podman's words, in Docker's. */
static void
translate(struct event *ev)
{
	static const char *const same[][2] = {
		{ "died", "die" }, { "exec_died", "exec_die" },
		{ "remove", "destroy" },
	};
	size_t i;

	if (strcmp(ev->type, "container"))
		return;
	for (i = 0; i < countof(same); i++)
		if (!strcmp(ev->action, same[i][0]))
			(void)fit(ev->action, sizeof(ev->action), "%s",
			    same[i][1]);
}

static char *
text(const struct json *j, int v)
{
	char *s = json_dup(j, v);

	return s ? s : xstrdup("");
}

static int
has_prefix(const struct json *j, int attrs, const char *prefix)
{
	int k;

	for (k = json_first(j, attrs); k >= 0; k = json_next(j, attrs, k))
		if (json_begins(j, k, prefix))
			return 1;
	return 0;
}

static uint64_t
identity(const struct event *ev, const char *action, const char *exec)
{
	char when[32];
	uint64_t h;

	(void)fit(when, sizeof(when), "%lld", ev->time_ns);
	h = hash_str(HASH_INIT, when);
	h = hash_str(h, ev->type);
	h = hash_str(h, action);
	h = hash_str(h, ev->id);
	return hash_str(h, exec);
}

int
event_parse(struct event *ev, const struct json *j, const char *prefix)
{
	int attrs = json_path(j, 0, "Actor.Attributes"), bad;
	char *type = text(j, json_get(j, 0, "Type"));
	char *action = text(j, json_get(j, 0, "Action"));
	char *exec = text(j, json_get(j, attrs, "execID"));

	*ev = (struct event){ 0 };
	ev->time_ns = json_int(j, json_get(j, 0, "timeNano"));
	bad = copy_word(ev->type, sizeof(ev->type), type) < 0 ||
	    copy_word(ev->action, sizeof(ev->action), action) < 0;
	if (!bad) {
		ev->id = text(j, json_path(j, 0, "Actor.ID"));
		ev->name = text(j, json_get(j, attrs, "name"));
		ev->labelled = has_prefix(j, attrs, prefix);
		ev->identity = identity(ev, action, exec);
		translate(ev);
	}
	free(type);
	free(action);
	free(exec);
	errno = EBADMSG;
	return bad ? -1 : 0;
}

void
event_release(struct event *ev)
{
	free(ev->id);
	free(ev->name);
	*ev = (struct event){ 0 };
}
