#include "init/signals.h"

#include <string.h>

#include "lib/strbuf.h"

#define ITEM 32		/* "SIGRTMIN+30:SIGRTMAX-30" is as long as it gets */

/* Move *list behind its first item, which goes to item.  1, 0 at the end,
 * -1 if it is empty or too long to be one. */
static int
next_item(const char **list, char item[ITEM])
{
	int len;

	if (!*list)
		return 0;
	len = (int)strcspn(*list, ",");
	if (len == 0 || fit(item, ITEM, "%.*s", len, *list) < 0)
		return -1;
	*list = (*list)[len] ? *list + len + 1 : NULL;
	return 1;
}

/* A signal that can be taken and is not ours alone, or -1. */
static int
number(const char *name)
{
	int n = sig_number(name);

	return n != SIGCHLD && sig_can_take(n) ? n : -1;
}

int
signals_rewrite(struct signals *s, const char *list)
{
	char item[ITEM], *to;
	int from, as, rc;

	while ((rc = next_item(&list, item)) > 0) {
		to = strchr(item, ':');
		if (!to)
			return -1;
		*to++ = '\0';
		from = number(item);
		as = !strcmp(to, "0") ? 0 : sig_number(to);
		if (from < 0 || as < 0)
			return -1;
		s->as[from] = (unsigned char)as;
		s->drop[from] = as == 0;
	}
	return rc;
}

int
signals_stop(struct signals *s, const char *list)
{
	char item[ITEM];
	int n, rc;

	memset(s->stop, 0, sizeof(s->stop));
	while ((rc = next_item(&list, item)) > 0) {
		n = number(item);
		if (n < 0)
			return -1;
		s->stop[n] = 1;
	}
	return rc;
}

enum signals_act
signals_act(const struct signals *s, int sig, int *as)
{
	*as = 0;
	if (sig < 1 || sig > SIG_MAX)
		return SIGNALS_DROP;
	if (sig == SIGCHLD)
		return SIGNALS_REAP;
	if (s->drop[sig])
		return SIGNALS_DROP;
	*as = s->as[sig] ? s->as[sig] : sig;
	return s->stop[sig] ? SIGNALS_STOP : SIGNALS_FORWARD;
}
