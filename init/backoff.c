#include "init/backoff.h"

int
backoff_next(int *last, int64_t up_ms)
{
	if (up_ms >= BACKOFF_UP_MS || *last <= 0)
		*last = BACKOFF_FIRST_MS;
	else if (*last < BACKOFF_LAST_MS / 2)
		*last *= 2;
	else
		*last = BACKOFF_LAST_MS;
	return *last;
}
