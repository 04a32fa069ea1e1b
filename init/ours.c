#include "init/ours.h"

#include "lib/child.h"

static const struct child *list[OURS_MAX];
static int n;

void
ours_add(const struct child *c)
{
	int i;

	for (i = 0; i < n; i++)
		if (list[i] == c)
			return;
	if (n < OURS_MAX)
		list[n++] = c;
}

int
ours_known(void)
{
	return n;
}

int
ours_left(void)
{
	int i, left = 0;

	for (i = 0; i < n; i++)
		left += list[i]->pid > 0;
	return left;
}

pid_t
ours_pid(int i)
{
	return i < n ? list[i]->pid : 0;
}

int
ours_is(pid_t pid, pid_t session)
{
	int i;

	for (i = 0; i < n; i++)
		if (list[i]->pid > 0 &&
		    (list[i]->pid == pid || list[i]->pid == session))
			return 1;
	return 0;
}

int
ours_top(void)
{
	int i, top = -1;

	for (i = 0; i < n; i++)
		if (list[i]->exec.place && list[i]->execfd > top)
			top = list[i]->execfd;
	return top;
}
