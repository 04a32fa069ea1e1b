#include "handlers/job.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/container.h"
#include "handlers/engine.h"
#include "handlers/exec.h"
#include "handlers/policy.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "lib/xalloc.h"

#define SECOND_LOOK_MS 500	/* an engine learns of an end a little late */

struct job {
	struct queue_item item;
	struct jobs *jobs;
	char *id;
	int repeat;
	int again;		/* the second inspect, see second_look() */
	struct timer later;	/* when it is due */
	struct container c;
	struct exec exec;
	struct strbuf why;	/* the container's namespace is closed to us */
};

static void pump(struct jobs *j);

static void
job_free(struct job *b)
{
	container_release(&b->c);
	exec_release(&b->exec);
	strbuf_release(&b->why);
	free(b->id);
	free(b);
}

static void
finish(struct job *b)
{
	struct jobs *j = b->jobs;

	queue_done(&j->queue, &b->item);
	job_free(b);
	pump(j);
}

/* ---- commands ---- */

/* ip said that what was to be made is there, or what was to be deleted is
 * not: in a repeat that is as good as done. */
static int
is_done_already(const struct exec_cmd *c, const char *said)
{
	static const char *const there[] = {
		"File exists", "already assigned", NULL
	}, *const gone[] = {
		"No such process", "No such file or directory",
		"Cannot assign requested address", "not found", NULL
	};
	const char *const *list = NULL;
	size_t i;

	for (i = 1; i < c->argv.n && !list; i++) {
		if (!strcmp(c->argv.v[i], "add") ||
		    !strcmp(c->argv.v[i], "append"))
			list = there;
		else if (!strncmp(c->argv.v[i], "del", 3))
			list = gone;
	}
	for (; list && *list; list++)
		if (strstr(said, *list))
			return 1;
	return 0;
}

static void
on_ended(struct exec *x, const struct exec_cmd *c, const struct exec_end *end)
{
	struct job *b = container_of(x, struct job, exec);
	int done = b->repeat && is_done_already(c, end->output);
	int bad = (end->status != 0 && !done) || end->overran;
	char status[16];
	const struct log_field f[] = {
		{ "container", b->c.name }, { "label", c->label },
		{ "command", c->text },
		{ "status", end->status ? status : NULL },
		{ "output", *end->output ? end->output : NULL },
		{ "repeat", b->repeat ? "yes" : NULL },
		{ 0 }
	};

	(void)fit(status, sizeof(status), "%d", end->status);
	log_fields(bad ? LOG_ERROR : LOG_INFO, end->overran ?
	    "command took too long" : bad ? "command failed" :
	    done ? "done before" : "done", f);
}

static void
on_done(struct exec *x)
{
	finish(container_of(x, struct job, exec));
}

/* Say of the commands for this side of the border why they do not run. */
static void
refuse_commands(struct job *b, int host, const char *reason)
{
	const struct log_field f[] = {
		{ "container", b->c.name },
		{ "commands", host ? "host-route" : "all in its namespace" },
		{ "reason", reason }, { 0 }
	};

	log_fields(LOG_ERROR, "labels refused", f);
}

static void
say_dry(struct job *b)
{
	size_t i;

	for (i = 0; i < b->exec.n; i++) {
		const struct log_field f[] = {
			{ "container", b->c.name },
			{ "label", b->exec.cmd[i].label },
			{ "command", b->exec.cmd[i].text }, { 0 }
		};

		log_fields(LOG_INFO, "would run", f);
	}
}

static void
open_host(struct job *b)
{
	const struct netns *n = b->jobs->netns;

	if (n->host < 0)
		refuse_commands(b, 1, n->no_host.s);
	else
		b->exec.hostns = fcntl(n->host, F_DUPFD_CLOEXEC, 3);
}

/* The namespaces are open, or refused: run what can be run. */
static void
run(struct job *b)
{
	if (b->exec.netns < 0 && b->exec.hostns < 0) {
		finish(b);
		return;
	}
	b->exec.limit_ms = b->jobs->limit_ms;
	b->exec.ended = on_ended;
	b->exec.done = on_done;
	exec_start(&b->exec);
}

/* ---- the container ---- */

static void inspect(struct job *b);

static void
on_later(struct timer *t)
{
	struct job *b = container_of(t, struct job, later);

	b->again = 1;
	inspect(b);
}

/* Its namespace cannot be used.  Perhaps it has ended meanwhile, which is
 * nothing to complain of: this is what the engine said a little later. */
static void
second_look(struct job *b, const struct container *now)
{
	if (now->running && !strcmp(now->started_at, b->c.started_at))
		refuse_commands(b, 0, b->why.s);
	else
		log_debug("%s has ended before its labels could be applied",
		    b->c.name);
	run(b);
}

static void
start(struct job *b)
{
	struct jobs *j = b->jobs;

	if (!starts_add(&j->starts, b->c.id, b->c.started_at)) {
		finish(b);
		return;
	}
	(void)label_commands(&j->rules, &b->c, &b->exec);
	if (b->exec.n == 0 || j->dry_run) {
		say_dry(b);
		finish(b);
		return;
	}
	if (exec_wants(&b->exec, 1))
		open_host(b);
	if (!exec_wants(&b->exec, 0)) {
		run(b);
		return;
	}
	b->exec.netns = netns_open(j->netns, &b->c, &b->why);
	if (b->exec.netns < 0) {
		b->later.fn = on_later;
		loop_timer(&b->later, SECOND_LOOK_MS);
		return;
	}
	run(b);
}

static void
cannot_inspect(struct job *b, const char *reason)
{
	const struct log_field f[] = {
		{ "container", b->id }, { "reason", reason }, { 0 }
	};

	log_fields(LOG_ERROR, "cannot inspect: its labels are not applied", f);
}

static void
on_inspect(void *arg, const struct engine_answer *a)
{
	struct container now = { .keys = STRVEC_INIT, .values = STRVEC_INIT };
	struct job *b = arg;
	struct json *json = &b->jobs->json;
	int bad;

	if (a->error)
		cannot_inspect(b, a->error);
	if (a->error || a->status == 404) {
		finish(b);
		return;
	}
	bad = json_parse(json, a->body.s, a->body.len) < 0 ||
	    container_parse(&now, json, b->jobs->rules.prefix) < 0;
	if (bad) {
		cannot_inspect(b, "the answer is no container");
		container_release(&now);
		finish(b);
	} else if (b->again) {
		second_look(b, &now);
		container_release(&now);
	} else {
		b->c = now;
		if (now.running && now.pid > 0)
			start(b);
		else
			finish(b);
	}
}

static void
inspect(struct job *b)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "/containers/%s/json", b->id);
	engine_get(b->jobs->engine, path.s, on_inspect, b);
	strbuf_release(&path);
}

/* ---- all of them ---- */

static void
pump(struct jobs *j)
{
	struct queue_item *it;

	while (!j->idle && (it = queue_next(&j->queue)))
		inspect(container_of(it, struct job, item));
	if (j->idle && j->queue.running == 0)
		j->idle(j);
}

void
jobs_init(struct jobs *j, size_t limit)
{
	queue_init(&j->queue, limit);
}

int
jobs_add(struct jobs *j, const char *id, int repeat)
{
	struct job *b = xcalloc(1, sizeof(*b));

	b->jobs = j;
	b->id = xstrdup(id);
	b->repeat = repeat;
	b->item.key = b->id;
	b->why = (struct strbuf)STRBUF_INIT;
	b->c = (struct container){ .keys = STRVEC_INIT, .values = STRVEC_INIT };
	exec_init(&b->exec);
	if (queue_push(&j->queue, &b->item) < 0) {
		job_free(b);
		return -1;
	}
	pump(j);
	return 0;
}

void
jobs_forget(struct jobs *j, const char *id)
{
	starts_forget(&j->starts, id);
}

void
jobs_stop(struct jobs *j, void (*idle)(struct jobs *j))
{
	j->idle = idle;
	pump(j);
}
