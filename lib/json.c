#include "lib/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS	/* wide texts in linear time; deep ones not */
#include <jsmn.h>

#include "lib/strbuf.h"
#include "lib/utf8.h"
#include "lib/xalloc.h"

struct json_token {	/* jsmn gives its own type no name to declare */
	jsmntok_t t;
};

#define KEEP 4096	/* tokens kept from one text to the next */

int
json_parse(struct json *j, const char *text, size_t len)
{
	jsmn_parser p;
	int n;

	if (j->cap > KEEP)
		json_release(j);
	if (memchr(text, '\0', len)) {	/* jsmn would let it through */
		errno = EINVAL;
		return -1;
	}
	j->text = text;
	j->ntok = 0;
	jsmn_init(&p);
	for (;;) {
		if (j->cap == 0) {
			j->cap = 256;
			j->tok = xcalloc((size_t)j->cap, sizeof(*j->tok));
		}
		n = jsmn_parse(&p, text, len, &j->tok->t, (unsigned)j->cap);
		if (n != JSMN_ERROR_NOMEM)
			break;
		if (j->cap >= JSON_TOKENS_MAX) {
			errno = E2BIG;
			return -1;
		}
		j->cap *= 2;
		j->tok = xreallocarray(j->tok, (size_t)j->cap, sizeof(*j->tok));
	}
	if (n <= 0) {
		errno = EINVAL;
		return -1;
	}
	j->ntok = n;
	return 0;
}

void
json_release(struct json *j)
{
	free(j->tok);
	j->tok = NULL;
	j->ntok = j->cap = 0;
}

static int
is_type(const struct json *j, int v, jsmntype_t type)
{
	return v >= 0 && v < j->ntok && j->tok[v].t.type == type;
}

static size_t
length(const struct json *j, int v)
{
	return (size_t)(j->tok[v].t.end - j->tok[v].t.start);
}

/* The first token behind v and all that is in it, as long as it is in top. */
static int
behind(const struct json *j, int top, int v)
{
	int end = j->tok[v].t.end;

	for (v++; v < j->ntok && j->tok[v].t.start < end; v++)
		;
	return v < j->ntok && j->tok[v].t.start < j->tok[top].t.end ? v : -1;
}

int
json_first(const struct json *j, int obj)
{
	return is_type(j, obj, JSMN_OBJECT) && j->tok[obj].t.size > 0 ?
	    obj + 1 : -1;
}

int
json_value(const struct json *j, int key)
{
	return is_type(j, key, JSMN_STRING) && j->tok[key].t.size == 1 ?
	    key + 1 : -1;
}

int
json_next(const struct json *j, int obj, int key)
{
	int v = json_value(j, key);

	return v < 0 ? -1 : behind(j, obj, v);
}

int
json_item(const struct json *j, int arr)
{
	return is_type(j, arr, JSMN_ARRAY) && j->tok[arr].t.size > 0 ?
	    arr + 1 : -1;
}

int
json_item_next(const struct json *j, int arr, int item)
{
	return behind(j, arr, item);
}

int
json_begins(const struct json *j, int v, const char *s)
{
	return is_type(j, v, JSMN_STRING) && length(j, v) >= strlen(s) &&
	    !memcmp(j->text + j->tok[v].t.start, s, strlen(s));
}

int
json_is(const struct json *j, int v, const char *s)
{
	return json_begins(j, v, s) && length(j, v) == strlen(s);
}

int
json_get(const struct json *j, int obj, const char *key)
{
	int k;

	for (k = json_first(j, obj); k >= 0; k = json_next(j, obj, k))
		if (json_is(j, k, key))
			return json_value(j, k);
	return -1;
}

int
json_path(const struct json *j, int obj, const char *path)
{
	char key[64];
	size_t n;

	for (;; path += n + 1) {
		n = strcspn(path, ".");
		if (fit(key, sizeof(key), "%.*s", (int)n, path) < 0)
			return -1;
		obj = json_get(j, obj, key);
		if (obj < 0 || !path[n])
			return obj;
	}
}

static int
hex4(const char *s)
{
	int i, c, n = 0;

	for (i = 0; i < 4; i++) {
		c = (unsigned char)s[i];
		n = n << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return n;
}

/* One escape at s (behind the backslash; jsmn has checked its form): its
 * bytes go to b.  Returns how many bytes of the text it took. */
static size_t
unescape(const char *s, const char *end, struct strbuf *b)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *simple = strchr(from, *s);
	long c, lo;
	char u[4];
	size_t n = 5, len;

	if (*s != 'u') {
		strbuf_add(b, simple ? to + (simple - from) : s, 1);
		return 1;
	}
	c = hex4(s + 1);
	if (c == 0) {
		strbuf_add(b, "\xc0\x80", 2);
		return n;
	}
	if (c >= 0xd800 && c < 0xdc00 && end - s >= 11 && s[5] == '\\' &&
	    s[6] == 'u' && (lo = hex4(s + 7)) >= 0xdc00 && lo < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (lo - 0xdc00);
		n = 11;
	}
	if (c >= 0xd800 && c < 0xe000)
		c = 0xfffd;
	len = utf8_put(u, (unsigned long)c);
	strbuf_add(b, u, len);
	return n;
}

int
json_str(const struct json *j, int v, struct strbuf *b)
{
	const char *s, *end, *esc;

	if (!is_type(j, v, JSMN_STRING))
		return -1;
	s = j->text + j->tok[v].t.start;
	end = j->text + j->tok[v].t.end;
	while (s < end) {
		esc = memchr(s, '\\', (size_t)(end - s));
		strbuf_add(b, s, (size_t)((esc ? esc : end) - s));
		if (!esc)
			break;
		s = esc + 1;
		s += unescape(s, end, b);
	}
	return 0;
}

char *
json_dup(const struct json *j, int v)
{
	struct strbuf b = STRBUF_INIT;

	if (json_str(j, v, &b) < 0)
		return NULL;
	return b.cap ? b.s : xstrdup("");
}

long long
json_int(const struct json *j, int v)
{
	char num[32];

	if (!is_type(j, v, JSMN_PRIMITIVE) ||
	    fit(num, sizeof(num), "%.*s", (int)length(j, v),
	    j->text + j->tok[v].t.start) < 0)
		return 0;
	return strtoll(num, NULL, 10);
}

int
json_true(const struct json *j, int v)
{
	return is_type(j, v, JSMN_PRIMITIVE) &&
	    j->text[j->tok[v].t.start] == 't';
}

void
json_quote(struct strbuf *b, const char *s)
{
	size_t n;

	strbuf_add(b, "\"", 1);
	for (; *s; s += n ? n : 1) {
		n = utf8_len(s);
		if (n == 0)
			strbuf_adds(b, "\xef\xbf\xbd");
		else if (*s == '"' || *s == '\\')
			strbuf_addf(b, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			strbuf_addf(b, "\\u%04x", (unsigned)*s);
		else
			strbuf_add(b, s, n);
	}
	strbuf_add(b, "\"", 1);
}

static const char *
skip_blanks(const char *s, const char *end)
{
	while (s < end && strchr(" \t\r\n", *s) && *s)
		s++;
	return s;
}

/* Behind the string that begins at s, or NULL. */
static const char *
skip_string(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s + 1 : NULL;
}

/* The ',' or ']' behind the element that begins at s, or NULL. */
static const char *
skip_element(const char *s, const char *end)
{
	size_t depth = 0;

	while (s && s < end) {
		if (*s == '"') {
			s = skip_string(s, end);
			continue;
		}
		if (depth == 0 && (*s == ',' || *s == ']'))
			return s;
		if (depth == 0 && *s == '}')
			return NULL;
		if (*s == '{' || *s == '[')
			depth++;
		else if (*s == '}' || *s == ']')
			depth--;
		s++;
	}
	return NULL;
}

int
json_cut(const char **at, const char *end, const char **item, size_t *len)
{
	const char *s = skip_blanks(*at, end), *stop;

	if (s < end && *s == ']')
		return 0;
	if (s == end || (*s != '[' && *s != ','))
		goto bad;
	s = skip_blanks(s + 1, end);
	if (s < end && *s == ']')
		return 0;
	stop = skip_element(s, end);
	if (!stop)
		goto bad;
	*item = s;
	*len = (size_t)(stop - s);
	*at = stop;
	return 1;
bad:
	errno = EINVAL;
	return -1;
}
