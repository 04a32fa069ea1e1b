#include "handlers/engine.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/http.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/xalloc.h"

/* The engine holds its answers back while it starts up and restores its
 * containers, so a call may take long without anything being wrong. */
#define CALL_MS 60000

/* The newest version whose answers were read against this code, and the
 * oldest that has all of it.  An engine in between is spoken to in its own. */
#define NEWEST 44	/* 1.44 */
#define OLDEST 24

#define SOCKET_PATH_MAX sizeof(((struct sockaddr_un *)NULL)->sun_path)

/* "1.41" is 41; 0: this is no version of the API. */
static int
minor(const char *s)
{
	char *end;
	long n;

	if (!s || strncmp(s, "1.", 2) != 0 || !isdigit((unsigned char)s[2]))
		return 0;
	n = strtol(s + 2, &end, 10);
	return *end || n > 9999 ? 0 : (int)n;
}

/* The file name in folder dir.  Given. */
static char *
file_in(const char *dir, const char *name)
{
	struct strbuf b = STRBUF_INIT;

	strbuf_addf(&b, "%s/%s", dir, name);
	return b.s;
}

/* Plain HTTP, or TLS with the files that every Docker client reads. */
static void
init_tcp(struct engine *e, const char *host)
{
	const char *verify = getenv("DOCKER_TLS_VERIFY");
	const char *certs = getenv("DOCKER_CERT_PATH"), *home = getenv("HOME");
	int tls = verify && *verify;
	struct strbuf b = STRBUF_INIT;
	char *dir;

	strbuf_addf(&b, "%s://%s", tls ? "https" : "http", host);
	e->base = b.s;
	if (!tls)
		return;
	dir = certs && *certs ? xstrdup(certs) :
	    file_in(home ? home : "", ".docker");
	e->ca = file_in(dir, "ca.pem");
	e->cert = file_in(dir, "cert.pem");
	e->key = file_in(dir, "key.pem");
	free(dir);
}

int
engine_init(struct engine *e, const char *endpoint)
{
	const char *asked = getenv("DOCKER_API_VERSION");

	if (asked && *asked && !minor(asked)) {
		log_error("DOCKER_API_VERSION: bad value \"%s\": expected 1.N, "
		    "such as 1.44", asked);
		return -1;
	}
	*e = (struct engine){ .endpoint = xstrdup(endpoint) };
	if (!strncmp(endpoint, "unix://", 7) && endpoint[7] == '/') {
		if (strlen(endpoint + 7) >= SOCKET_PATH_MAX) {
			log_error("--host %s: the path is too long for a "
			    "socket: link a shorter one to it", endpoint);
			return -1;
		}
		e->unix_path = xstrdup(endpoint + 7);
		e->base = xstrdup("http://engine");
		return 0;
	}
	if (!strncmp(endpoint, "tcp://", 6) && endpoint[6]) {
		init_tcp(e, endpoint + 6);
		return 0;
	}
	log_error("--host %s: expected unix:///PATH or tcp://HOST:PORT",
	    endpoint);
	return -1;
}

void
engine_release(struct engine *e)
{
	free(e->endpoint);
	free(e->unix_path);
	free(e->base);
	free(e->ca);
	free(e->cert);
	free(e->key);
	*e = (struct engine){ 0 };
}

/* ---- what went wrong, in words ---- */

static int
why_no_socket(const struct engine *e, int err, struct strbuf *why)
{
	const char *path = e->unix_path;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		strbuf_addf(why, "%s is a folder, not a socket: the engine "
		    "makes one when the socket that is mounted there is "
		    "missing: start the engine, then this container anew",
		    path);
		return STATUS_CONFIG;
	}
	if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		strbuf_addf(why, "%s is no socket: give the engine's socket "
		    "by --host", path);
		return STATUS_CONFIG;
	}
	if (err == EACCES || err == EPERM) {
		strbuf_addf(why, "no permission to use %s: run as root, or "
		    "with the group that owns the socket", path);
		return STATUS_NOPERM;
	}
	if (err == ENOENT) {
		strbuf_addf(why, "no socket at %s: start the engine, give its "
		    "socket by --host, or mount its folder (-v /var/run:"
		    "/var/run)", path);
		return STATUS_UNAVAILABLE;
	}
	strbuf_addf(why, "%s: %s: no engine listens there", path,
	    strerror(err));
	return STATUS_UNAVAILABLE;
}

/* The "message" of an error's JSON, or what else was said. */
static void
add_message(struct strbuf *why, const char *body)
{
	struct json j = JSON_INIT;
	char *msg = NULL;

	if (json_parse(&j, body, strlen(body)) == 0)
		msg = json_dup(&j, json_get(&j, 0, "message"));
	if (msg || *body)
		strbuf_addf(why, ": %.200s", msg ? msg : body);
	free(msg);
	json_release(&j);
}

int
engine_why(const struct engine *e, const char *path,
    const struct http_end *end, const char *body, struct strbuf *why)
{
	if (end->status == 0 && end->err && e->unix_path)
		return why_no_socket(e, end->err, why);
	if (end->status == 0) {
		strbuf_addf(why, "%s: GET %s: %s", e->endpoint, path,
		    end->err ? strerror(end->err) : end->text);
		return end->unreached ? STATUS_UNAVAILABLE : STATUS_PROTOCOL;
	}
	if (end->status == 403 || end->status == 401) {
		strbuf_addf(why, "%s: GET %s is refused by policy (status "
		    "%ld): a proxy in front of the engine must allow it",
		    e->endpoint, path, end->status);
		return STATUS_NOPERM;
	}
	strbuf_addf(why, "%s: GET %s: status %ld", e->endpoint, path,
	    end->status);
	add_message(why, body);
	return STATUS_PROTOCOL;
}

/* ---- one call ---- */

struct call {
	struct engine *e;
	char *path;
	struct strbuf body;
	int too_long;
	engine_fn *fn;
	void *arg;
};

static int
on_data(void *arg, const char *p, size_t n)
{
	struct call *c = arg;

	if (c->body.len + n > ENGINE_ANSWER_MAX) {
		c->too_long = 1;
		return -1;
	}
	strbuf_add(&c->body, p, n);
	return 0;
}

/* Say what is wrong with the answer; nothing is wrong with 200 and 404. */
static void
judge(struct call *c, const struct http_end *end, struct engine_answer *a,
    struct strbuf *why)
{
	if (c->too_long) {
		strbuf_addf(why, "%s: GET %s: the answer has more than %d MiB",
		    c->e->endpoint, c->path, ENGINE_ANSWER_MAX >> 20);
		a->exit_status = STATUS_PROTOCOL;
	} else if (end->status != 200 && end->status != 404) {
		a->exit_status = engine_why(c->e, c->path, end, c->body.s,
		    why);
		a->may_pass = !end->status || end->status == 429 ||
		    end->status >= 500;
	}
	if (why->len)
		a->error = why->s;
}

static void
on_end(void *arg, const struct http_end *end)
{
	struct engine_answer a = { .status = end->status };
	struct strbuf why = STRBUF_INIT;
	struct call *c = arg;

	judge(c, end, &a, &why);
	a.body = c->body;
	c->fn(c->arg, &a);
	strbuf_release(&why);
	strbuf_release(&c->body);
	free(c->path);
	free(c);
}

struct http *
engine_stream(struct engine *e, const char *path, struct http_req *r)
{
	struct strbuf url = STRBUF_INIT;
	struct http *h;

	strbuf_addf(&url, "%s%s", e->base, path);
	r->unix_path = e->unix_path;
	r->url = url.s;
	r->ca = e->ca;
	r->cert = e->cert;
	r->key = e->key;
	h = http_start(r);
	strbuf_release(&url);
	return h;
}

struct http *
engine_get(struct engine *e, const char *path, engine_fn *fn, void *arg)
{
	struct call *c = xcalloc(1, sizeof(*c));
	struct http_req r = {
		.limit_ms = CALL_MS, .data = on_data, .end = on_end, .arg = c,
	};

	c->e = e;
	c->path = xstrdup(path);
	c->body = (struct strbuf)STRBUF_INIT;
	c->fn = fn;
	c->arg = arg;
	return engine_stream(e, path, &r);
}

/* ---- hello ---- */

struct hello {
	struct engine *e;
	engine_fn *fn;
	void *arg;
};

static int
minor_of(const struct json *j, const char *key)
{
	char *s = json_dup(j, json_get(j, 0, key));
	int n = minor(s);

	free(s);
	return n;
}

/* Docker calls itself "Engine" in Components, Podman "Podman Engine". */
static void
note_version(struct engine *e, const struct json *j)
{
	char *v = json_dup(j, json_get(j, 0, "Version"));
	int comp = json_item(j, json_get(j, 0, "Components"));
	char *name = json_dup(j, json_get(j, comp, "Name"));

	(void)fit(e->version, sizeof(e->version), "%.20s %.40s",
	    name && !strncmp(name, "Podman", 6) ? "Podman" : "Docker",
	    v ? v : "?");
	free(v);
	free(name);
}

/* Choose the version; NULL, or what is wrong. */
static const char *
agree(struct engine *e, const struct json *j)
{
	const char *asked = getenv("DOCKER_API_VERSION");
	int max = minor_of(j, "ApiVersion");
	int min = minor_of(j, "MinAPIVersion");
	int use = max < NEWEST ? max : NEWEST;

	if (max == 0)
		return "speaks HTTP but is no container engine: "
		    "/version has no ApiVersion";
	if (max < OLDEST)
		return "is too old: its API is below 1.24";
	if (use < min)
		use = min;	/* newer than we know: speak its oldest */
	note_version(e, j);
	if (asked && *asked)
		use = minor(asked);
	(void)fit(e->prefix, sizeof(e->prefix), "/v1.%d", use);
	return NULL;
}

static void
on_version(void *arg, const struct engine_answer *a)
{
	struct engine_answer mine = *a;
	struct strbuf why = STRBUF_INIT;
	struct json j = JSON_INIT;
	struct hello *h = arg;
	const char *bad;

	if (!a->error) {
		if (a->status != 200 ||
		    json_parse(&j, a->body.s, a->body.len) < 0)
			bad = "speaks HTTP but is no container engine: "
			    "it has no /version";
		else
			bad = agree(h->e, &j);
		if (bad) {
			strbuf_addf(&why, "%s %s", h->e->endpoint, bad);
			mine.error = why.s;
			mine.exit_status = STATUS_PROTOCOL;
		}
	}
	h->fn(h->arg, &mine);
	strbuf_release(&why);
	json_release(&j);
	free(h);
}

struct http *
engine_hello(struct engine *e, engine_fn *fn, void *arg)
{
	struct hello *h = xcalloc(1, sizeof(*h));

	h->e = e;
	h->fn = fn;
	h->arg = arg;
	/* without a version: never refused for that */
	return engine_get(e, "/version", on_version, h);
}
