#include "lib/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/utf8.h"

#define EXPANDED_BYTES 4096	/* a label may name a variable many times */
#define NAME_BYTES 64	/* longest name behind a $: longer ones are unknown */

struct reader {
	const char *text, *p, *end;	/* of one command */
	words_var *var;
	void *arg;
	struct strbuf word;
	char *err;
	size_t size;
};

static int fail(struct reader *r, const char *fmt, ...) PRINTF(2, 3);

static int
fail(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->err, r->size, fmt, ap);
	va_end(ap);
	return -1;
}

/* The first byte of the text is byte 1. */
static size_t
place(const struct reader *r, const char *p)
{
	return (size_t)(p - r->text) + 1;
}

static int
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int
in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (c >= '0' && c <= '9');
}

/* Set end to the command's ';' or to the end of the text.  When this
 * succeeds, every quote has an end and a byte follows every backslash. */
static int
find_end(struct reader *r)
{
	const char *s, *open = NULL;

	for (s = r->text; *s; s++) {
		if (*s == '\\' && !(open && *open == '\'')) {
			if (s[1] == '\0') {
				r->end = s + 1;
				return fail(r, "backslash at the end");
			}
			s++;
		} else if (open) {
			if (*s == *open)
				open = NULL;
		} else if (*s == '\'' || *s == '"') {
			open = s;
		} else if (*s == ';') {
			break;
		}
	}
	r->end = s;
	if (open)
		return fail(r, "quote %c at byte %zu has no end", *open,
		    place(r, open));
	return 0;
}

/* $NAME or ${NAME}, and p behind it. */
static int
expand(struct reader *r)
{
	const char *start = r->p++, *s, *value = NULL;
	char name[NAME_BYTES + 1];
	int brace = *r->p == '{';
	size_t n = 0;

	s = r->p + brace;
	while (in_name(s[n]))
		n++;
	if (n == 0 || (*s >= '0' && *s <= '9') || (brace && s[n] != '}'))
		return fail(r, "no name behind the $ at byte %zu",
		    place(r, start));
	if (n <= NAME_BYTES && r->var) {
		memcpy(name, s, n);
		name[n] = '\0';
		value = r->var(r->arg, name);
	}
	if (value == NULL)
		return fail(r, "unknown name $%.*s at byte %zu",
		    (int)(n < NAME_BYTES ? n : NAME_BYTES), s,
		    place(r, start));
	if (r->word.len + strlen(value) > EXPANDED_BYTES)
		return fail(r, "$ at byte %zu makes a word of more than %d "
		    "bytes", place(r, start), EXPANDED_BYTES);
	strbuf_adds(&r->word, value);
	r->p = s + n + brace;
	return 0;
}

/* One character as it is, or why it must not be there. */
static int
keep(struct reader *r)
{
	unsigned char c = (unsigned char)*r->p;
	size_t n = utf8_len(r->p);

	if ((c < 0x20 && !is_space(*r->p)) || c == 0x7f)
		return fail(r, "control byte 0x%02x at byte %zu", c,
		    place(r, r->p));
	if (n == 0)
		return fail(r, "invalid UTF-8 at byte %zu", place(r, r->p));
	if (c == 0xc2 && (unsigned char)r->p[1] < 0xa0)	/* C1 controls */
		return fail(r, "control character U+00%02X at byte %zu",
		    (unsigned char)r->p[1], place(r, r->p));
	strbuf_add(&r->word, r->p, n);
	r->p += n;
	return 0;
}

static int
read_word(struct reader *r)
{
	char quote = '\0';

	strbuf_clear(&r->word);
	while (r->p < r->end && (quote || !is_space(*r->p))) {
		if (*r->p == quote) {
			quote = '\0';
			r->p++;
		} else if (!quote && (*r->p == '\'' || *r->p == '"')) {
			quote = *r->p++;
		} else if (quote != '\'' && *r->p == '$') {
			if (expand(r) < 0)
				return -1;
		} else {
			if (quote != '\'' && *r->p == '\\')
				r->p++;
			if (keep(r) < 0)
				return -1;
		}
	}
	return 0;
}

static int
read_words(struct reader *r, struct strvec *out)
{
	int n;

	for (n = 0;; n++) {
		while (r->p < r->end && is_space(*r->p))
			r->p++;
		if (r->p == r->end)
			return n;
		if (n == WORDS_MAX)
			return fail(r, "more than %d words", WORDS_MAX);
		if (read_word(r) < 0)
			return -1;
		strvec_push(out, r->word.s);
	}
}

int
words_next(struct strvec *out, const char **text, words_var *var, void *arg,
    char *err, size_t size)
{
	struct reader r = {
		.text = *text, .p = *text, .var = var, .arg = arg,
		.word = STRBUF_INIT, .err = err, .size = size,
	};
	size_t before = out->n;
	int n;

	n = find_end(&r);
	if (n == 0)
		n = read_words(&r, out);
	if (n < 0)
		strvec_truncate(out, before);
	*text = r.end + (*r.end == ';');
	strbuf_release(&r.word);
	return n;
}
