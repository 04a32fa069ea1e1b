#include "init/hook.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>

#include "lib/http.h"
#include "lib/io.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define MAX_SECS 86400

static struct {
	const char *ca;
	int insecure;
	int limit_ms;
} opt = { .limit_ms = 5000 };

static const char *const states[] = { "starting", "running", "crashed" };

/* ---- the URL ---- */

/* Behind "http://" or "https://", or NULL. */
static const char *
behind_scheme(const char *url)
{
	size_t n = !strncasecmp(url, "http", 4) ? 4 : 0;

	if (n && (url[n] == 's' || url[n] == 'S'))
		n++;
	return n && !strncmp(url + n, "://", 3) ? url + n + 3 : NULL;
}

/* Behind the user info, if there is some. */
static const char *
behind_user(const char *s)
{
	const char *at = memchr(s, '@', strcspn(s, "/?#"));

	return at ? at + 1 : s;
}

/* Behind an address in brackets, or NULL. */
static const char *
behind_brackets(const char *s)
{
	size_t n = strcspn(s, "]/?#@"), digits = strcspn(s, "%]");
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (s[n] != ']' || fit(text, sizeof(text), "%.*s", (int)digits - 1,
	    s + 1) < 0 || inet_pton(AF_INET6, text, &addr) != 1)
		return NULL;
	return s + n + 1;
}

/* Behind a name or an IPv4 address, or NULL. */
static const char *
behind_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

	return n ? s + n : NULL;
}

static int
is_port(const char *s, size_t len)
{
	return len > 0 && len == strspn(s, "0123456789") &&
	    strtoul(s, NULL, 10) - 1 < 65535;
}

int
hook_url(const char *url, const char **why)
{
	const char *s;

	*why = "http://HOST[:PORT][/PATH] or https://...";
	for (s = url; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return -1;
	s = behind_scheme(url);
	if (!s)
		return -1;
	s = behind_user(s);
	s = *s == '[' ? behind_brackets(s) : behind_name(s);
	if (s && *s == ':') {
		s++;
		if (!is_port(s, strcspn(s, "/?#")))
			return -1;
		s += strcspn(s, "/?#");
	}
	/* so there is no second '@', which not everybody reads as we do */
	return s && (!*s || strchr("/?#", *s)) ? 0 : -1;
}

void
hook_name(struct strbuf *b, const char *url)
{
	const char *place = behind_scheme(url), *host = behind_user(place);

	strbuf_add(b, url, (size_t)(place - url));
	strbuf_add(b, host, strcspn(host, "?#"));
}

/* ---- what it is told ---- */

/* An IPv4 address may have a label, "eth0:1", which is given for the name. */
static int
same(const struct ifaddrs *a, const struct ifaddrs *b)
{
	size_t n = strcspn(a->ifa_name, ":");

	return n == strcspn(b->ifa_name, ":") &&
	    !memcmp(a->ifa_name, b->ifa_name, n);
}

static int
is_known(const struct ifaddrs *list, const struct ifaddrs *i)
{
	for (; list != i; list = list->ifa_next)
		if (same(list, i))
			return 1;
	return 0;
}

static const void *
address_of(const struct sockaddr *a)
{
	const void *any = a;

	if (a->sa_family == AF_INET)
		return &((const struct sockaddr_in *)any)->sin_addr;
	return &((const struct sockaddr_in6 *)any)->sin6_addr;
}

/* text gets the first address of i's interface in that family, or "". */
static void
find_address(char text[INET6_ADDRSTRLEN], const struct ifaddrs *list,
    const struct ifaddrs *i, int family)
{
	const struct sockaddr *a;

	*text = '\0';
	for (; list; list = list->ifa_next) {
		a = list->ifa_addr;
		if (!a || a->sa_family != family || !same(list, i))
			continue;
		(void)inet_ntop(family, address_of(a), text,
		    INET6_ADDRSTRLEN);
		return;
	}
}

static void
add_member(struct strbuf *b, const char *name, const char *value)
{
	strbuf_addf(b, "\"%s\":", name);
	json_quote(b, value);
}

static void
add_interface(struct strbuf *b, const struct ifaddrs *list,
    const struct ifaddrs *i)
{
	char name[64], address[INET6_ADDRSTRLEN];

	(void)fit(name, sizeof(name), "%.*s", (int)strcspn(i->ifa_name, ":"),
	    i->ifa_name);
	strbuf_adds(b, "{");
	add_member(b, "name", name);
	find_address(address, list, i, AF_INET);
	strbuf_adds(b, ",");
	add_member(b, "ipv4", address);
	find_address(address, list, i, AF_INET6);
	strbuf_adds(b, ",");
	add_member(b, "ipv6", address);
	strbuf_adds(b, "}");
}

void
hook_payload(struct strbuf *b, const char *state, const struct ifaddrs *list)
{
	const struct ifaddrs *i;
	int n = 0;

	strbuf_adds(b, "{\"ps\":{");
	add_member(b, "status", state);
	strbuf_adds(b, ",\"net_interfaces\":[");
	for (i = list; i; i = i->ifa_next) {
		if (is_known(list, i))
			continue;
		strbuf_adds(b, n++ ? "," : "");
		add_interface(b, list, i);
	}
	strbuf_adds(b, "]}}");
}

/* ---- the call ---- */

struct call {
	const char *name, *state;	/* for messages */
	long status;
};

static void
on_head(void *arg, long status)
{
	struct call *c = arg;

	c->status = status;
}

/* What it says beyond its status is nothing to us. */
static int
on_data(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return 0;
}

/* Once there was a status, it counts: whatever became of the body. */
static void
on_end(void *arg, const struct http_end *end)
{
	const struct call *c = arg;

	if (c->status >= 200 && c->status < 300) {
		loop_stop(EXIT_SUCCESS);
		return;
	}
	if (c->status)
		log_error("web hook %s: %s: status %ld", c->name, c->state,
		    c->status);
	else
		log_error("web hook %s: %s: %s", c->name, c->state,
		    end->err ? strerror(end->err) : end->text);
	loop_stop(EXIT_FAILURE);
}

static int
tell(const char *url, const char *state)
{
	struct strbuf body = STRBUF_INIT, name = STRBUF_INIT;
	struct call c = { .state = state };
	struct ifaddrs *list = NULL;
	struct http_req r = {
		.url = url, .method = "PUT", .type = "application/json",
		.ca = opt.ca, .insecure = opt.insecure,
		.limit_ms = opt.limit_ms, .head = on_head, .data = on_data,
		.end = on_end, .arg = &c,
	};
	int status;

	if (getifaddrs(&list) < 0)	/* the state is news all the same */
		log_err("web hook: list the interfaces");
	hook_payload(&body, state, list);
	freeifaddrs(list);
	hook_name(&name, url);
	c.name = name.s;
	r.body = body.s;
	http_start(&r);
	status = loop_run();
	strbuf_release(&body);
	strbuf_release(&name);
	return status < 0 ? EXIT_FAILURE : status;
}

static int
is_state(const char *s)
{
	size_t i;

	for (i = 0; i < countof(states); i++)
		if (!strcmp(s, states[i]))
			return 1;
	return 0;
}

static int
run(int argc, char **argv)
{
	const char *url = argc == 2 ? argv[0] : getenv(HOOK_URL);
	const char *state = argc > 0 ? argv[argc - 1] : NULL, *why;
	char byte[2];

	(void)prctl(PR_SET_NAME, "cleat");	/* not all kernels do */
	if (!state || argc > 2 || !url) {
		log_error("hook: expected URL and STATE: see cleat hook "
		    "--help");
		return EXIT_USAGE;
	}
	if (hook_url(url, &why) < 0) {
		log_error("hook: bad URL: expected %s", why);
		return EXIT_USAGE;
	}
	if (!is_state(state)) {
		log_error("hook: bad state \"%s\": expected starting, running "
		    "or crashed", state);
		return EXIT_USAGE;
	}
	if (opt.ca && io_slurp(AT_FDCWD, opt.ca, byte, sizeof(byte)) < 0) {
		log_err("hook: --tls-ca %s", opt.ca);
		return EXIT_USAGE;
	}
	return tell(url, state);
}

static const struct opt opts[] = {
	{ "tls-ca", 0, "FILE", "whose certificates are good (PEM)",
	  opt_str, &opt.ca, 0, 0 },
	{ "tls-insecure", 0, NULL, "believe any certificate",
	  opt_flag, &opt.insecure, 0, 0 },
	{ "limit", 0, "SEC", "for the whole call (5); 0: none",
	  opt_secs, &opt.limit_ms, 0, MAX_SECS },
	{ 0 }
};

static const char help[] =
"STATE is starting, running or crashed.  It is sent by PUT, as JSON, together\n"
"with the network interfaces that we see:\n"
"\n"
"  {\"ps\":{\"status\":\"running\",\"net_interfaces\":[\n"
"    {\"name\":\"eth0\",\"ipv4\":\"172.17.0.2\",\"ipv6\":\"fe80::1\"}]}}\n"
"\n"
"Without URL it is the one of the variable CLEAT_HOOK_URL, which others cannot\n"
"see in a list of processes.\n"
"\n"
"Exits with 0 if the answer has a status from 200 to 299, else with 1.  No\n"
"redirect is followed, and no proxy is asked.\n";

const struct command cmd_hook = {
	.name = "hook", .operands = "[URL] STATE",
	.summary = "tell a web hook of a program's state (used by init)",
	.help = help, .opts = opts, .run = run,
};
