#include "handlers/reconcile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine.h"
#include "handlers/job.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define WAIT_MIN_MS 200
#define WAIT_MAX_MS 30000
#define WAIT_TELL_MS 800	/* shorter troubles are not worth a line */

static void ask(struct reconcile *r);

static int
has_labels(const struct reconcile *r, const struct json *j, int item)
{
	int labels = json_get(j, item, "Labels"), k;

	for (k = json_first(j, labels); k >= 0; k = json_next(j, labels, k))
		if (json_begins(j, k, r->prefix))
			return 1;
	return 0;
}

/* Its first name, without the '/' before it.  Given; NULL: none. */
static char *
name_of(const struct json *j, int item)
{
	char *name = json_dup(j, json_item(j, json_get(j, item, "Names")));

	if (name && *name == '/')
		memmove(name, name + 1, strlen(name));
	return name;
}

static void
add_one(struct reconcile *r, const struct json *j)
{
	char *id = json_dup(j, json_get(j, 0, "Id")), *name = name_of(j, 0);

	if (id && has_labels(r, j, 0))
		(void)jobs_add(r->jobs, id, name ? name : "", 1);
	free(name);
	free(id);
}

/* Each container is read by itself: one with a million labels keeps no other
 * from being seen.  0, or -1: the list is none. */
static int
add_all(struct reconcile *r, const char *at, const char *end)
{
	struct json j = JSON_INIT;
	const char *item;
	size_t len;
	int more;

	while ((more = json_cut(&at, end, &item, &len)) > 0) {
		if (json_parse(&j, item, len) == 0)
			add_one(r, &j);
		else
			log_error("skip a container of the list: %s: %.100s",
			    errno == E2BIG ? "it has too many labels" :
			    "it is no JSON", item);
	}
	json_release(&j);
	return more;
}

static void
on_later(struct timer *t)
{
	ask(container_of(t, struct reconcile, later));
}

static void
failed(struct reconcile *r, const char *why, int may_pass)
{
	const struct log_field f[] = { { "reason", why }, { 0 } };

	if (!may_pass || r->wait_ms == WAIT_TELL_MS)
		log_fields(LOG_ERROR, may_pass ? "cannot list containers: "
		    "labels of those that run already are not applied yet; "
		    "trying again" : "cannot list containers: labels of those "
		    "that run already are not applied", f);
	if (!may_pass)
		return;
	r->later.fn = on_later;
	loop_timer(&r->later, r->wait_ms);
	r->wait_ms = r->wait_ms * 2 < WAIT_MAX_MS ? r->wait_ms * 2 :
	    WAIT_MAX_MS;
}

static void
on_list(void *arg, const struct engine_answer *a)
{
	struct reconcile *r = arg;

	r->asking = 0;
	if (a->error)
		failed(r, a->error, a->may_pass);
	else if (a->status != 200)
		failed(r, "status 404", 1);
	else if (add_all(r, a->body.s, a->body.s + a->body.len) < 0)
		failed(r, "the answer is no list", 0);
	if (r->wanted)
		reconcile_start(r);
}

static void
ask(struct reconcile *r)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%s/containers/json", r->engine->prefix);
	r->asking = 1;
	engine_get(r->engine, path.s, on_list, r);
	strbuf_release(&path);
}

void
reconcile_start(struct reconcile *r)
{
	r->wanted = r->asking;
	if (r->asking)
		return;
	loop_untimer(&r->later);
	r->wait_ms = WAIT_MIN_MS;
	ask(r);
}
