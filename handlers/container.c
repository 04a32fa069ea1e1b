#include "handlers/container.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/xalloc.h"

static char *
text(const struct json *j, const char *path)
{
	char *s = json_dup(j, json_path(j, 0, path));

	return s ? s : xstrdup("");
}

static void
copy_labels(struct container *c, const struct json *j, const char *prefix)
{
	int labels = json_path(j, 0, "Config.Labels"), k;
	char *value;

	for (k = json_first(j, labels); k >= 0; k = json_next(j, labels, k)) {
		if (!json_begins(j, k, prefix))
			continue;
		value = json_dup(j, json_value(j, k));
		if (!value)
			continue;	/* no engine has other values */
		strvec_push_taken(&c->keys, json_dup(j, k));
		strvec_push_taken(&c->values, value);
	}
}

int
container_parse(struct container *c, const struct json *j, const char *prefix)
{
	long long pid = json_int(j, json_path(j, 0, "State.Pid"));
	char *name;

	*c = (struct container){ .keys = STRVEC_INIT, .values = STRVEC_INIT };
	c->id = text(j, "Id");
	name = text(j, "Name");
	c->name = xstrdup(name + (*name == '/'));
	free(name);
	c->started_at = text(j, "State.StartedAt");
	c->network_mode = text(j, "HostConfig.NetworkMode");
	c->pid = pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
	c->running = json_true(j, json_path(j, 0, "State.Running"));
	copy_labels(c, j, prefix);
	if (*c->id && json_path(j, 0, "State.Pid") >= 0)
		return 0;
	errno = EBADMSG;
	return -1;
}

void
container_release(struct container *c)
{
	free(c->id);
	free(c->name);
	free(c->started_at);
	free(c->network_mode);
	strvec_release(&c->keys);
	strvec_release(&c->values);
	*c = (struct container){ .keys = STRVEC_INIT, .values = STRVEC_INIT };
}
