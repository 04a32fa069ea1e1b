#include "init/webhook.h"

#include <signal.h>
#include <stddef.h>

#include "init/helper.h"
#include "init/hook.h"
#include "lib/log.h"
#include "lib/strbuf.h"
#include "lib/strvec.h"

#define WAITING 8	/* states; who flaps faster is told of less */
#define HURRY_MS 400	/* for each that is not the last, once that is there */

static struct helper hook;
static const char *waiting[WAITING];
static int first, n;
static int place;		/* of the state in the command line */
static int hurry;
static void (*on_told)(void);

static void
next(void)
{
	if (hook.child.pid)
		return;
	if (n == 0) {
		if (on_told)
			on_told();
		return;
	}
	hook.argv[place] = (char *)waiting[first];
	first = (first + 1) % WAITING;
	n--;
	hook.limit_ms = hurry && n > 0 ? HURRY_MS : WEBHOOK_MS + 500;
	helper_start(&hook);
}

/* It has said itself what was wrong. */
static void
on_ended(struct helper *h, int status)
{
	if (status > 128)
		log_warn("web hook: nobody was told of %s in time",
		    h->argv[place]);
	next();
}

/* Anybody may read a command line, and the URL may hold a password. */
static char **
with_url(const char *url)
{
	extern char **environ;
	struct strvec env = STRVEC_INIT;
	struct strbuf b = STRBUF_INIT;
	char **e;

	for (e = environ; *e; e++)
		strvec_push(&env, *e);
	strbuf_addf(&b, "%s=%s", HOOK_URL, url);
	strvec_push_taken(&env, b.s);
	return env.v;
}

void
webhook_init(const char *url, const char *ca, int insecure)
{
	if (!url)
		return;
	helper_init(&hook, "hook", on_ended);
	helper_opt(&hook, "--tls-ca", ca);
	if (insecure)
		helper_arg(&hook, "--tls-insecure");
	hook.envp = with_url(url);
	place = hook.nargs;
	helper_arg(&hook, "");
}

void
webhook_tell(const char *state)
{
	if (!hook.ended)
		return;
	if (n == WAITING) {	/* the oldest news are the least of use */
		first = (first + 1) % WAITING;
		n--;
	}
	waiting[(first + n++) % WAITING] = state;
	next();
}

int
webhook_last(const char *state, void (*told)(void))
{
	if (!hook.ended)
		return 0;
	on_told = told;
	hurry = 1;
	child_limit(&hook.child, HURRY_MS);
	webhook_tell(state);
	return 1;
}

void
webhook_kill(void)
{
	on_told = NULL;
	n = 0;
	if (hook.ended)
		helper_kill(&hook, SIGKILL);
}
