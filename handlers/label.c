#include "handlers/label.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/container.h"
#include "handlers/exec.h"
#include "handlers/netcmd.h"
#include "handlers/policy.h"
#include "lib/log.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "lib/words.h"
#include "lib/xalloc.h"

/* One label on its way to becoming commands. */
struct reading {
	const struct label_rules *rules;
	const struct container *c;
	struct exec *x;
	const char *label, *value;
	enum netcmd_kind kind;
	long long lowest[2];	/* priority of a rule; 1: of IPv6 */
	unsigned refused;
};

#define REFUSED_TOLD 64		/* lines for one start */
#define RULE_MAIN 32766		/* of the kernel's own rule for table main */

static void
say_refused(const struct reading *r, const char *command, const char *reason)
{
	const struct log_field f[] = {
		{ "container", r->c->name }, { "label", r->label },
		{ "command", command }, { "reason", reason }, { 0 }
	};

	log_fields(LOG_ERROR, command ? "command refused" : "label refused", f);
}

/* A label may hold many that are wrong: one start must not flood the log. */
static void
refuse(struct reading *r, const char *command, const char *reason)
{
	if (++r->refused < REFUSED_TOLD)
		say_refused(r, command, reason);
	else if (r->refused == REFUSED_TOLD)
		say_refused(r, NULL, "what else is wrong with this "
		    "container's labels is not told");
}

static const char *
variable(void *arg, const char *name)
{
	const struct strvec *names = arg;
	size_t i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return getenv(name);
	return NULL;
}

/* The command that was read from start on, as written, without its ';'. */
static char *
as_written(const char *start, const char *end)
{
	start += strspn(start, " \t\r\n");
	if (end > start && end[-1] == ';')
		end--;
	while (end > start && strchr(" \t\r\n", end[-1]))
		end--;
	return xstrndup(start, end > start ? (size_t)(end - start) : 0);
}

/* The priority that the command gives its rule, or -1. */
static long long
priority_of(const struct strvec *argv)
{
	static const char *const keys[] = {
		"pref", "preference", "priority", "prio", "order"
	};
	size_t i, k;

	for (i = 1; i + 1 < argv->n; i++)
		for (k = 0; k < countof(keys); k++)
			if (!strcmp(argv->v[i], keys[k]))
				return strtoll(argv->v[i + 1], NULL, 0);
	return -1;
}

/* The kernel gives a rule without a priority one below the lowest there is,
 * so that each repeat would add one more.  The same one every time, and the
 * kernel says that the rule exists. */
static void
fix_priority(struct reading *r, struct strvec *argv)
{
	int ipv6 = !strcmp(argv->v[1], "-6");
	long long given = priority_of(argv), *lowest = &r->lowest[ipv6];
	char number[24];

	if (strcmp(netcmd_verb(argv), "add") != 0)
		return;
	if (given < 0) {
		given = *lowest - 1;
		(void)fit(number, sizeof(number), "%lld", given);
		strvec_push(argv, "pref");
		strvec_push(argv, number);
	}
	if (given < *lowest && given > 1)
		*lowest = given;
}

static void
add_command(struct reading *r, struct strvec *argv, const char *text)
{
	if (r->kind == NETCMD_RULE)
		fix_priority(r, argv);
	exec_add(r->x, r->kind, argv, r->label, text);
}

static void
read_commands(struct reading *r)
{
	struct strvec words = STRVEC_INIT, argv = STRVEC_INIT;
	const char *at = r->value, *start;
	char err[256], *text;
	int n;

	while (*at) {
		start = at;
		n = words_next(&words, &at, variable,
		    (void *)&r->rules->names, err, sizeof(err));
		text = as_written(start, at);
		if (n < 0 && strstr(err, "unknown name"))
			(void)fit(err + strlen(err), sizeof(err) - strlen(err),
			    ": labels may use those that --label-env gives");
		if (n < 0 || (n > 0 && netcmd_check(r->kind, &words, &argv,
		    err, sizeof(err)) < 0))
			refuse(r, text, err);
		else if (n > 0)
			add_command(r, &argv, text);
		free(text);
		strvec_truncate(&words, 0);
	}
	strvec_release(&words);
	strvec_release(&argv);
}

/* Before any command of the label runs: half a configuration is worse than
 * none. */
static int
is_too_much(struct reading *r)
{
	size_t i, commands = 1;

	if (strlen(r->value) > LABEL_MAX) {
		refuse(r, NULL, "it is longer than 64 KiB");
		return 1;
	}
	for (i = 0; r->value[i]; i++)
		commands += r->value[i] == ';';
	if (commands > LABEL_COMMANDS) {
		refuse(r, NULL, "it has more than 256 commands");
		return 1;
	}
	return 0;
}

static void
read_label(struct reading *r)
{
	if (is_too_much(r))
		return;
	if (r->kind == NETCMD_HOST_ROUTE &&
	    !(r->rules->allowed & POLICY_HOST_ROUTE)) {
		refuse(r, NULL, "the operator does not allow it: cleat watch "
		    "--allow host-route would");
		return;
	}
	read_commands(r);
}

/* The kind that the label key names: "route" or "start.route" behind the
 * prefix; -1: none. */
static int
kind_of(const struct label_rules *rules, const char *key)
{
	key += strlen(rules->prefix);
	if (!strncmp(key, "start.", 6))
		key += 6;
	return netcmd_find(key);
}

static void
report_unknown(struct reading *r)
{
	size_t i;

	for (i = 0; i < r->c->keys.n; i++) {
		r->label = r->c->keys.v[i];
		if (kind_of(r->rules, r->label) < 0)
			refuse(r, NULL, "no such kind: expected sysctl, "
			    "address, route, rule or host-route");
	}
}

unsigned
label_commands(const struct label_rules *rules, const struct container *c,
    struct exec *x)
{
	struct reading r = { .rules = rules, .c = c, .x = x,
	    .lowest = { RULE_MAIN, RULE_MAIN } };
	size_t i;
	int kind;

	report_unknown(&r);
	for (kind = 0; kind < NETCMD_KINDS; kind++) {
		r.kind = (enum netcmd_kind)kind;
		for (i = 0; i < c->keys.n; i++) {
			if (kind_of(rules, c->keys.v[i]) != kind)
				continue;
			r.label = c->keys.v[i];
			r.value = c->values.v[i];
			read_label(&r);
		}
	}
	return r.refused;
}
