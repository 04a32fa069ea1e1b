#include "init/uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/strbuf.h"
#include "lib/util.h"

static const struct {
	const char *name;
	enum uri_kind kind;
	int family;
} schemes[] = {
	{ "file", URI_FILE, AF_UNSPEC },
	{ "tcp", URI_TCP, AF_UNSPEC },
	{ "tcp4", URI_TCP, AF_INET },
	{ "tcp6", URI_TCP, AF_INET6 },
	{ "tls", URI_TLS, AF_UNSPEC },
	{ "ssl", URI_TLS, AF_UNSPEC },
	{ "udp", URI_UDP, AF_UNSPEC },
	{ "udp4", URI_UDP, AF_INET },
	{ "udp6", URI_UDP, AF_INET6 },
	{ "unix", URI_UNIX, AF_UNIX },
	{ "unixgram", URI_UNIXGRAM, AF_UNIX },
	{ "unixpacket", URI_UNIXPACKET, AF_UNIX },
};

static int
fail(const char **why, const char *expected)
{
	*why = expected;
	return -1;
}

static int
set_scheme(struct uri *u, const char *name, size_t len, const char **why)
{
	size_t i;

	for (i = 0; i < countof(schemes); i++)
		if (strlen(schemes[i].name) == len &&
		    !memcmp(schemes[i].name, name, len)) {
			u->kind = schemes[i].kind;
			u->family = schemes[i].family;
			return 0;
		}
	if (len >= 2 && len <= 3 && !memcmp(name, "ip", 2))
		return fail(why, "tcp:// or udp://: raw IP packets carry no "
		    "program's output");
	return fail(why, "file, tcp, tcp4, tcp6, tls, udp, udp4, udp6, unix, "
	    "unixgram or unixpacket before ://");
}

/* Nothing that a message or another program may take for something else. */
static int
is_clean(const char *s, int blanks)
{
	for (; *s; s++)
		if (iscntrl((unsigned char)*s) || (!blanks && *s == ' '))
			return 0;
	return 1;
}

static int
set_port(struct uri *u, const char *port)
{
	char *end;
	long n = *port >= '1' && *port <= '9' ? strtol(port, &end, 10) : 0;

	return n >= 1 && n <= 65535 && !*end &&
	    fit(u->port, sizeof(u->port), "%s", port) == 0 ? 0 : -1;
}

/* HOST:PORT or [ADDRESS]:PORT */
static int
set_address(struct uri *u, const char *text, const char **why)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	int brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (len == 0 || strchr(text, '/') || strchr(text, '@') ||
	    !is_clean(text, 0))
		return fail(why, "HOST:PORT or [IPV6]:PORT after ://");
	if (!brackets && memchr(text, ':', len))
		return fail(why, "an IPv6 address in brackets: [::1]:PORT");
	if (brackets) {
		text++;
		len -= 2;
	}
	if (memchr(text, '[', len) || memchr(text, ']', len) ||
	    fit(u->host, sizeof(u->host), "%.*s", (int)len, text) < 0)
		return fail(why, "HOST:PORT or [IPV6]:PORT after ://");
	if (set_port(u, colon + 1) < 0)
		return fail(why, "a port from 1 to 65535 at the end");
	return 0;
}

static int
set_path(struct uri *u, const char *path, const char **why)
{
	size_t max = u->kind == URI_FILE ? sizeof(u->path) :
	    sizeof(((struct sockaddr_un *)NULL)->sun_path);

	if (!*path || !is_clean(path, 1))
		return fail(why, "a path after ://");
	if (strlen(path) >= max)
		return fail(why, u->kind == URI_FILE ? "a shorter path" :
		    "a path of a socket, which has at most 107 bytes");
	return fit(u->path, sizeof(u->path), "%s", path);
}

int
uri_parse(struct uri *u, const char *text, const char **why)
{
	const char *rest = strstr(text, "://"), *query;
	char head[PATH_MAX];

	memset(u, 0, sizeof(*u));
	if (*text == '/') {		/* a path alone is a file's */
		u->kind = URI_FILE;
		return set_path(u, text, why);
	}
	if (!rest)
		return fail(why, "SCHEME://ADDRESS, such as tcp://HOST:PORT "
		    "or file:///PATH");
	if (set_scheme(u, text, (size_t)(rest - text), why) < 0)
		return -1;
	rest += strlen("://");
	query = strchr(rest, '?');
	if (query && strcmp(query, "?log") != 0)
		return fail(why, "nothing but ?log behind the address");
	u->log = query != NULL;
	if (fit(head, sizeof(head), "%.*s", query ? (int)(query - rest) :
	    (int)strlen(rest), rest) < 0)
		return fail(why, "a shorter address");
	return u->kind == URI_TCP || u->kind == URI_TLS || u->kind == URI_UDP ?
	    set_address(u, head, why) : set_path(u, head, why);
}

int
uri_is_interactive(const struct uri *u)
{
	return !u->log && (u->kind == URI_TCP || u->kind == URI_TLS ||
	    u->kind == URI_UNIX || u->kind == URI_UNIXPACKET);
}
