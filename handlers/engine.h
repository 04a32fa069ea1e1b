/* engine.h - a client of the engine's API: where it is, which version it is
 * spoken to in, one GET at a time or many.  Requests run on the loop. */
#ifndef HANDLERS_ENGINE_H
#define HANDLERS_ENGINE_H

#include "lib/strbuf.h"

struct http;
struct http_end;
struct http_req;

/* What cleat ends with when it cannot do its work; from sysexits.h. */
enum {
	STATUS_UNAVAILABLE = 69,	/* no engine there */
	STATUS_TRY_ANEW = 75,		/* in this container never again */
	STATUS_PROTOCOL = 76,		/* something else is there */
	STATUS_NOPERM = 77,		/* not allowed */
	STATUS_CONFIG = 78,		/* cannot work where it was put */
};

struct engine {
	char *endpoint;		/* as given, for messages */
	char *unix_path;	/* NULL: tcp */
	char *base;		/* "http://engine", "https://host:2376" */
	char *ca, *cert, *key;	/* TLS; NULL: none */
	char prefix[16];	/* "/v1.41"; "" before engine_hello() */
	char version[64];	/* of the engine: "Docker 20.10.24" */
};

/* From an endpoint such as unix:///var/run/docker.sock or tcp://host:2376 and
 * the variables DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.  0, or -1 after
 * saying what is wrong.  endpoint: copied. */
int engine_init(struct engine *e, const char *endpoint);
void engine_release(struct engine *e);

/* Answers longer than this are an error: a list of 10,000 containers has some
 * 15 MiB. */
#define ENGINE_ANSWER_MAX (64 << 20)

struct engine_answer {
	long status;		/* HTTP; 0: none */
	struct strbuf body;	/* borrowed */
	int exit_status;	/* what to end with if this is the end */
	const char *error;	/* NULL: all is well */
	int may_pass;		/* the error: the same call may succeed later */
};

typedef void engine_fn(void *arg, const struct engine_answer *a);

/* GET the path, as it stands.  fn is called once, later.  404 is an answer of
 * its own and no error. */
struct http *engine_get(struct engine *e, const char *path, engine_fn *fn,
    void *arg);

/* Ask which engine this is and agree on a version: e->prefix is what paths
 * begin with from then on. */
struct http *engine_hello(struct engine *e, engine_fn *fn, void *arg);

/* Why a request for path failed, in words; returns what to end with. */
int engine_why(const struct engine *e, const char *path,
    const struct http_end *end, const char *body, struct strbuf *why);

/* GET the path, as it stands; the caller gets the pieces itself. */
struct http *engine_stream(struct engine *e, const char *path,
    struct http_req *r);

#endif
