/* http.h - HTTP requests on the loop, by libcurl.  A request calls back with
 * pieces of the body as they come and once with its end; streams and one-shot
 * calls are the same thing.  Connections are kept and used again.  A callback
 * may start and cancel any request but, in its end(), that one. */
#ifndef LIB_HTTP_H
#define LIB_HTTP_H

#include <stddef.h>

struct http;		/* opaque: one request in flight */

struct http_end {
	long status;		/* of the answer; 0: there was none */
	int err;		/* errno of the connection, if that failed */
	int unreached;		/* no connection, or no answer in time */
	const char *text;	/* what was wrong, in words; "" if nothing */
};

struct http_req {
	const char *unix_path;	/* NULL: connect to what the URL says */
	const char *url;
	const char *method;	/* NULL: GET */
	const char *body, *type;	/* what is sent, and its content type */
	const char *accept;	/* NULL: no such header */
	const char *ca, *cert, *key;	/* PEM files for https; NULL: default */
	int insecure;		/* https with whoever answers */
	int limit_ms;		/* for all of it; 0: none */
	/* NULL, or called once when the head of the answer is there. */
	void (*head)(void *arg, long status);
	/* 0: go on, -1: give up, with an end() of status 0 */
	int (*data)(void *arg, const char *p, size_t n);
	/* The request is gone after this.  end: borrowed. */
	void (*end)(void *arg, const struct http_end *end);
	void *arg;
};				/* strings: borrowed for the call */

struct http *http_start(const struct http_req *r);
void http_cancel(struct http *h);	/* no end() any more */

/* At most n connections at once; further requests wait. */
void http_limit(int n);

#endif
