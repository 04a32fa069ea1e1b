/* multi.h - libcurl's transfers on the loop, whatever they are: the ground that
 * http.c and tls.c stand on.  The owner of a transfer embeds it, makes its easy
 * handle and frees that in gone().  Any callback may start and cancel any
 * transfer but, in its done(), that one. */
#ifndef LIB_MULTI_H
#define LIB_MULTI_H

#include <curl/curl.h>

struct strbuf;

struct transfer {
	CURL *easy;
	/* It is over, or the connection is there, if that was all. */
	void (*done)(struct transfer *t, CURLcode result);
	void (*gone)(struct transfer *t);	/* curl knows it no more */

	int cancelled;
	struct transfer *next;	/* in the list of those that wait for curl */
	char err[CURL_ERROR_SIZE];
};

void multi_start(struct transfer *t);
void multi_cancel(struct transfer *t);	/* no done() any more, but gone() */
void multi_limit(int n);		/* connections at once */

/* Append what was wrong, in one line. */
void multi_error(struct strbuf *b, const struct transfer *t, CURLcode result);

#endif
