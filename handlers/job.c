#include "handlers/job.h"

#include <errno.h>
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

/* Between the tries of an inspect that failed. */
#define WAIT_MIN_MS 200
#define WAIT_MAX_MS 30000
#define WAIT_TELL_MS 800	/* shorter troubles are not worth a line */

struct job {
	struct queue_item item;
	struct jobs *jobs;
	char *id, *name;	/* name: as the event has it, for messages */
	int repeat;
	int again;		/* the second inspect, see second_look() */
	int wait_ms;		/* before a failed inspect is tried again */
	struct timer later;
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
	free(b->name);
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
 * not: in a repeat that is how it should be. */
static const char *
is_so_already(const struct exec_cmd *c, const char *said)
{
	static const struct {
		const char *verb, *said, *so;
	} known[] = {
		{ "add", "File exists", "there already" },
		{ "add", "already assigned", "there already" },
		{ "append", "File exists", "there already" },
		{ "del", "No such process", "gone already" },
		{ "del", "No such file or directory", "gone already" },
		{ "del", "Cannot assign requested address", "gone already" },
		{ "del", "not found", "gone already" },
	};
	size_t i;

	for (i = 0; c->kind != NETCMD_SYSCTL && i < countof(known); i++)
		if (!strncmp(netcmd_verb(&c->argv), known[i].verb, 3) &&
		    strstr(said, known[i].said))
			return known[i].so;
	return NULL;
}

static void
on_ended(struct exec *x, const struct exec_cmd *c, const struct exec_end *end)
{
	struct job *b = container_of(x, struct job, exec);
	const char *so = b->repeat && end->status && !end->overran ?
	    is_so_already(c, end->output) : NULL;
	int bad = (end->status && !so) || end->overran;
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
	    so ? so : "done", f);
}

static void
on_done(struct exec *x)
{
	struct job *b = container_of(x, struct job, exec);

	b->jobs->executing--;
	finish(b);
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
	else if ((b->exec.hostns = fcntl(n->host, F_DUPFD_CLOEXEC, 3)) < 0)
		refuse_commands(b, 1, strerror(errno));
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
	b->jobs->executing++;
	exec_start(&b->exec);
}

/* ---- the container ---- */

static void inspect(struct job *b);

static void
on_second_look(struct timer *t)
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
		b->later.fn = on_second_look;
		loop_timer(&b->later, SECOND_LOOK_MS);
		return;
	}
	run(b);
}

static void
say_no_inspect(struct job *b, const char *msg, const char *reason)
{
	const struct log_field f[] = {
		{ "container", *b->name ? b->name : b->id },
		{ "reason", reason }, { 0 }
	};

	log_fields(LOG_ERROR, msg, f);
}

/* Back into the queue: others may have used the time. */
static void
on_requeue(struct timer *t)
{
	struct job *b = container_of(t, struct job, later);
	struct jobs *j = b->jobs;

	if (queue_push(&j->queue, &b->item) < 0)
		job_free(b);	/* those that wait will see what it would */
	pump(j);
}

/* No start is lost because an engine has a bad moment, however long. */
static void
inspect_later(struct job *b, const char *reason)
{
	struct jobs *j = b->jobs;

	if (b->wait_ms == WAIT_TELL_MS)
		say_no_inspect(b, "cannot inspect: its labels are not "
		    "applied yet; trying again", reason);
	b->later.fn = on_requeue;
	loop_timer(&b->later, b->wait_ms);
	b->wait_ms = b->wait_ms * 2 < WAIT_MAX_MS ? b->wait_ms * 2 :
	    WAIT_MAX_MS;
	queue_done(&j->queue, &b->item);
	pump(j);
}

static void
take_container(struct job *b, const struct engine_answer *a)
{
	struct container now = { .keys = STRVEC_INIT, .values = STRVEC_INIT };
	struct json *json = &b->jobs->json;

	if (json_parse(json, a->body.s, a->body.len) < 0 ||
	    container_parse(&now, json, b->jobs->rules.prefix) < 0) {
		say_no_inspect(b, "cannot inspect: its labels are not applied",
		    "the answer is no container");
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
on_inspect(void *arg, const struct engine_answer *a)
{
	struct job *b = arg;

	if (b->jobs->idle || a->status == 404) {
		finish(b);
	} else if (a->error && a->may_pass) {
		inspect_later(b, a->error);
	} else if (a->error) {
		say_no_inspect(b, "cannot inspect: its labels are not applied",
		    a->error);
		finish(b);
	} else {
		take_container(b, a);
	}
}

static void
inspect(struct job *b)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%s/containers/%s/json", b->jobs->engine->prefix,
	    b->id);
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
	if (j->idle && j->executing == 0)
		j->idle(j);
}

void
jobs_init(struct jobs *j, size_t limit)
{
	queue_init(&j->queue, limit);
}

int
jobs_add(struct jobs *j, const char *id, const char *name, int repeat)
{
	struct job *b = xcalloc(1, sizeof(*b));

	b->jobs = j;
	b->id = xstrdup(id);
	b->name = xstrdup(name);
	b->repeat = repeat;
	b->wait_ms = WAIT_MIN_MS;
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
