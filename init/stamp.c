#include "init/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/strbuf.h"

/* A clock that is put back by an hour (summer time ends) names seconds anew:
 * so many are looked through for one that is behind. */
#define SECONDS_MAX 7300

/* Is name base_STAMPsuffix? */
static int
is_stamped(const char *name, const char *base, const char *suffix)
{
	size_t n = strlen(base);

	if (strncmp(name, base, n) != 0 || name[n] != '_')
		return 0;
	name += n + 1;
	n = strspn(name, "0123456789");
	return n == STAMP_SIZE - 1 && strcmp(name + n, suffix) == 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
stamp_list(const char *path, const char *suffix, struct strvec *names)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const struct dirent *e;
	char name[PATH_MAX];
	DIR *d;

	if (fit(name, sizeof(name), "%.*s", slash ? (int)(base - path) : 1,
	    slash ? path : ".") < 0)
		return -1;
	d = opendir(name);
	if (!d)
		return -1;
	while ((e = readdir(d)))
		if (is_stamped(e->d_name, base, suffix) &&
		    fit(name, sizeof(name), "%.*s%s", (int)(base - path), path,
		    e->d_name) == 0)
			strvec_push(names, name);
	closedir(d);
	if (names->n > 1)
		qsort(names->v, names->n, sizeof(*names->v), by_name);
	return 0;
}

void
stamp_newest(const char *path, const char *suffix, char stamp[STAMP_SIZE])
{
	struct strvec names = STRVEC_INIT;

	stamp[0] = '\0';
	if (stamp_list(path, suffix, &names) == 0 && names.n > 0)
		(void)fit(stamp, STAMP_SIZE, "%.*s", STAMP_SIZE - 1,
		    names.v[names.n - 1] + strlen(path) + 1);
	strvec_release(&names);
}

static int
digits(const char *s, int n)
{
	int value = 0;

	while (n-- > 0)
		value = value * 10 + (*s++ - '0');
	return value;
}

static time_t
seconds(const char *stamp)
{
	struct tm tm = {
		.tm_year = digits(stamp, 4) - 1900,
		.tm_mon = digits(stamp + 4, 2) - 1,
		.tm_mday = digits(stamp + 6, 2),
		.tm_hour = digits(stamp + 8, 2),
		.tm_min = digits(stamp + 10, 2),
		.tm_sec = digits(stamp + 12, 2),
		.tm_isdst = -1,
	};

	return mktime(&tm);
}

int64_t
stamp_ms(const char *stamp)
{
	return *stamp ? (int64_t)seconds(stamp) * 1000 : 0;
}

int
stamp_next(char stamp[STAMP_SIZE])
{
	time_t t = time(NULL);
	char text[STAMP_SIZE + 1];
	const struct tm *tm;
	int i;

	if (*stamp && seconds(stamp) > t)
		t = seconds(stamp);
	for (i = 0; i < SECONDS_MAX; i++, t++) {
		tm = localtime(&t);
		if (!tm || strftime(text, sizeof(text), "%Y%m%d%H%M%S", tm) !=
		    STAMP_SIZE - 1)
			break;
		if (strcmp(text, stamp) > 0) {
			memcpy(stamp, text, STAMP_SIZE);
			return 0;
		}
	}
	errno = EOVERFLOW;
	return -1;
}
