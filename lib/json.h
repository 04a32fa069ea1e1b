/* json.h - reading JSON, and writing its strings; the only user of jsmn.
 * json_parse() fills a struct json, which keeps its memory for the next
 * text; values are numbers that stay valid until then, -1 is "not there" and
 * may be passed anywhere.  The text is borrowed: it must outlive the values. */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stddef.h>

struct strbuf;

struct json {
	const char *text;
	struct json_token *tok;
	int ntok, cap;
};

#define JSON_INIT { 0 }

/* More tokens than this in one text is an error (E2BIG). */
#define JSON_TOKENS_MAX (1 << 20)

/* Parse one value.  Returns it, or -1 and EINVAL or E2BIG. */
int json_parse(struct json *j, const char *text, size_t len);
void json_release(struct json *j);

int json_get(const struct json *j, int obj, const char *key);
/* The same down a path of keys, "State.Pid": none may have a dot in it. */
int json_path(const struct json *j, int obj, const char *path);

/* Walk the members of an object: for (k = json_first(j, obj); k >= 0;
 * k = json_next(j, obj, k)), where k is a key, json_value(j, k) its value. */
int json_first(const struct json *j, int obj);
int json_next(const struct json *j, int obj, int key);
int json_value(const struct json *j, int key);

/* The same for an array; here k is the element itself. */
int json_item(const struct json *j, int arr);
int json_item_next(const struct json *j, int arr, int item);

/* Is v a string, and equal to s (or: does it begin with s) as written? */
int json_is(const struct json *j, int v, const char *s);
int json_begins(const struct json *j, int v, const char *s);

/* Append the string v, unescaped, to b: \u0000 becomes the bytes C0 80 (which
 * are no UTF-8, so nobody takes them for text), half a surrogate pair U+FFFD.
 * 0, or -1 if v is no string. */
int json_str(const struct json *j, int v, struct strbuf *b);
char *json_dup(const struct json *j, int v);	/* given; NULL: no string */

long long json_int(const struct json *j, int v);	/* 0: no number */
int json_true(const struct json *j, int v);

/* Append s as a JSON string, in quotes.  A byte that is no UTF-8 becomes
 * U+FFFD. */
void json_quote(struct strbuf *b, const char *s);

/* Cut the text of an array into those of its elements, so that each can be
 * parsed by itself: *at begins at the text and goes on behind the element
 * that was found.  1: item (borrowed) has len bytes; 0: there is no other;
 * -1 and EINVAL: this is no array, or it has no end.  The elements themselves
 * are not checked. */
int json_cut(const char **at, const char *end, const char **item, size_t *len);

#endif
