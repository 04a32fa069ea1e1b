#include "init/restart.h"

#include <string.h>

#include "lib/util.h"

int
restart_parse(enum restart *r, const char *text)
{
	static const char *const names[] = { "no", "on-failure", "always" };
	size_t i;

	for (i = 0; i < countof(names); i++)
		if (!strcmp(text, names[i])) {
			*r = (enum restart)i;
			return 0;
		}
	return -1;
}

int
restart_again(enum restart r, int status)
{
	/* done; wrong usage; "not here, let another try" (EX_TEMPFAIL); not
	 * allowed and wrongly set up (EX_NOPERM, EX_CONFIG); cannot be
	 * executed: no restart in the same place would mend it */
	static const int final[] = { 0, 2, 75, 77, 78, 126, 127 };
	size_t i;

	if (r != RESTART_ON_FAILURE)
		return r == RESTART_ALWAYS;
	for (i = 0; i < countof(final); i++)
		if (status == final[i])
			return 0;
	return 1;
}
