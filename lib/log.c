#include "lib/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/utf8.h"

enum log_level log_level = LOG_INFO;
enum log_format log_format = LOG_PLAIN;
int log_wait_ms;

#define TEXT_MAX 1024	/* a message */
#define VALUE_MAX 1024	/* a field's value, escaped: more is cut */
/* A line; fields that do not fit are left out.  No more than PIPE_BUF: what
 * poll(2) calls writable takes that much at once. */
#define LINE_BYTES 4096

static const char *const names[] = { "error", "warn", "info", "debug" };

/* Does the character at s end a line or change the direction of what follows,
 * so that a line may seem to say something else?  U+200E, U+200F, U+2028 to
 * U+202E, U+2066 to U+2069. */
static int
turns(const char *s)
{
	unsigned char c = (unsigned char)s[0] == 0xe2 ? (unsigned char)s[1] : 0,
	    d = c ? (unsigned char)s[2] : 0;

	return (c == 0x80 && (d == 0x8e || d == 0x8f ||
	    (d >= 0xa8 && d <= 0xae))) || (c == 0x81 && d >= 0xa6 && d <= 0xa9);
}

/* The length of the character at s that may be shown as it is, else 0. */
static size_t
shown(const char *s)
{
	unsigned char c = (unsigned char)*s;

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f;
	/* U+0080 to U+009F are control characters too */
	if (c == 0xc2 && (unsigned char)s[1] < 0xa0)
		return 0;
	return turns(s) ? 0 : utf8_len(s);
}

/* What stands for a character that is not shown, or for a byte that is none:
 * in JSON the character's number.  Returns how many bytes of s it is for. */
static size_t
hide(char *dst, size_t size, const char *s, int json)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = json ? utf8_len(s) : 1;
	unsigned c = u[0];

	if (n == 2)
		c = (u[0] & 0x1fU) << 6 | (u[1] & 0x3fU);
	else if (n == 3)
		c = (u[0] & 0xfU) << 12 | (u[1] & 0x3fU) << 6 | (u[2] & 0x3fU);
	else
		n = 1;
	snprintf(dst, size, json ? "\\u%04x" : "\\x%02x", c);
	return n;
}

static size_t
escape(char *dst, size_t size, const char *src, char quote, int json)
{
	size_t used = 0, mark = 0, n;
	char esc[8];

	for (; *src; src += n) {
		n = shown(src);
		if (n == 1 && quote && (*src == quote || *src == '\\')) {
			snprintf(esc, sizeof(esc), "\\%c", *src);
		} else if (n) {
			memcpy(esc, src, n);
			esc[n] = '\0';
		} else {
			n = hide(esc, sizeof(esc), src, json);
		}
		if (used + strlen(esc) > size) {
			memcpy(dst + mark, "...", size >= 3 ? 3 : size);
			return mark + (size >= 3 ? 3 : size);
		}
		memcpy(dst + used, esc, strlen(esc));
		used += strlen(esc);
		if (used + 3 <= size)
			mark = used;	/* here "..." would still fit */
	}
	return used;
}

size_t
log_escape(char *dst, size_t size, const char *src, char quote)
{
	return escape(dst, size, src, quote, 0);
}

struct line {
	char s[LINE_BYTES];
	size_t len;
};

static void
put(struct line *l, const char *s)
{
	size_t n = strlen(s), room = sizeof(l->s) - 1 - l->len;

	if (n > room)
		n = room;
	memcpy(l->s + l->len, s, n);
	l->len += n;
}

static void
put_time(struct line *l)
{
	struct timespec ts;
	struct tm tm;
	char s[64];
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(s + n, sizeof(s) - n, ".%03ldZ", ts.tv_nsec / 1000000);
	put(l, s);
}

/* A bare logfmt value needs no quotes. */
static int
is_bare(const char *s)
{
	return *s && s[strcspn(s, " =\"\\")] == '\0' && strlen(s) < VALUE_MAX;
}

static void
put_field(struct line *l, const char *name, const char *value)
{
	int json = log_format == LOG_JSON, quoted = json || !is_bare(value);
	char v[VALUE_MAX];
	size_t n = escape(v, sizeof(v), value, quoted ? '"' : 0, json);

	if (l->len + strlen(name) + n + 8 > sizeof(l->s))
		return;
	put(l, json ? ",\"" : " ");
	put(l, name);
	put(l, json ? "\":\"" : quoted ? "=\"" : "=");
	memcpy(l->s + l->len, v, n);
	l->len += n;
	if (quoted)
		put(l, "\"");
}

static void
put_head(struct line *l, enum log_level level, const char *msg)
{
	if (log_format == LOG_PLAIN) {
		put(l, level == LOG_INFO ? "cleat: " : level == LOG_WARN ?
		    "cleat: warning: " : level == LOG_ERROR ?
		    "cleat: error: " : "cleat: debug: ");
		l->len += escape(l->s + l->len, TEXT_MAX, msg, 0, 0);
		return;
	}
	put(l, log_format == LOG_JSON ? "{\"time\":\"" : "time=");
	put_time(l);
	put(l, log_format == LOG_JSON ? "\",\"level\":\"" : " level=");
	put(l, names[level]);
	put(l, log_format == LOG_JSON ? "\"" : "");
	put_field(l, "msg", msg);
}

static void
start_line(struct line *l, enum log_level level, const char *msg)
{
	l->len = 0;
	put_head(l, level, msg);
}

static void
end_line(struct line *l)
{
	if (log_format == LOG_JSON)
		put(l, "}");
	l->s[l->len++] = '\n';	/* put() leaves room for it */
}

/* Nobody may keep us waiting by not reading: what does not go out is counted,
 * and told when it does again. */
static void
send(const struct line *l)
{
	static unsigned lost;
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	struct line before;
	char text[80];

	if (poll(&out, 1, lost ? 0 : log_wait_ms) <= 0) {
		lost++;
		return;
	}
	if (lost) {
		snprintf(text, sizeof(text), "%u lines before this one are "
		    "lost: nobody read them", lost);
		start_line(&before, LOG_WARN, text);
		end_line(&before);
		lost = 0;
		(void)!write(STDERR_FILENO, before.s, before.len);
		if (poll(&out, 1, 0) <= 0) {
			lost++;
			return;
		}
	}
	(void)!write(STDERR_FILENO, l->s, l->len);
}

void
log_fields(enum log_level level, const char *msg, const struct log_field *f)
{
	struct line l;
	int saved = errno;

	if (level > log_level)
		return;
	start_line(&l, level, msg);
	for (; f && f->name; f++)
		if (f->value)
			put_field(&l, f->name, f->value);
	end_line(&l);
	send(&l);
	errno = saved;
}

static void
say(enum log_level level, int err, const char *fmt, va_list ap)
{
	char text[TEXT_MAX];
	int saved = errno;
	size_t n;

	vsnprintf(text, sizeof(text), fmt, ap);
	n = strlen(text);
	if (err)
		snprintf(text + n, sizeof(text) - n, ": %s", strerror(err));
	log_fields(level, text, NULL);
	errno = saved;
}

/* What is not said costs nothing, not even the stack for its text. */
#define SAY(level, err) do { \
	va_list ap; \
	va_start(ap, fmt); \
	if ((level) <= log_level) \
		say(level, err, fmt, ap); \
	va_end(ap); \
} while (0)

void
log_err(const char *fmt, ...)
{
	SAY(LOG_ERROR, errno);
}

void
log_error(const char *fmt, ...)
{
	SAY(LOG_ERROR, 0);
}

void
log_warn(const char *fmt, ...)
{
	SAY(LOG_WARN, 0);
}

void
log_info(const char *fmt, ...)
{
	SAY(LOG_INFO, 0);
}

void
log_debug(const char *fmt, ...)
{
	SAY(LOG_DEBUG, 0);
}

void
die(int status, const char *fmt, ...)
{
	SAY(LOG_ERROR, 0);
	exit(status);
}

void
dief(const char *fmt, ...)
{
	SAY(LOG_ERROR, errno);
	exit(1);
}
