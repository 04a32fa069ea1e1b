/* log.h - one event, one line, one write(2) on stderr.
 * log_err() is log_error() with strerror(errno) behind it; all of them keep
 * errno.  log_fields() adds names and values.  Whatever comes from outside
 * may be passed as it is: control bytes and invalid UTF-8 reach the line only
 * as \xNN.  die() is for start-up: PID 1 must not call it once the program
 * runs. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/util.h"	/* PRINTF */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format {
	LOG_PLAIN,	/* cleat: warning: text name=value */
	LOG_LOGFMT,	/* time=... level=warn msg="text" name=value */
	LOG_JSON,	/* {"time":"...","level":"warn","msg":"text",...} */
};

struct log_field {
	const char *name, *value;	/* value NULL: the field is left out */
};

extern enum log_level log_level;	/* what is said; LOG_INFO at first */
extern enum log_format log_format;	/* LOG_PLAIN at first */

/* How long a line may wait for whoever reads stderr; 0 at first, as PID 1 needs
 * it.  What cannot be written then is lost, and how much that was is told. */
extern int log_wait_ms;

void log_err(const char *fmt, ...) PRINTF(1, 2);
void log_error(const char *fmt, ...) PRINTF(1, 2);
void log_warn(const char *fmt, ...) PRINTF(1, 2);
void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_debug(const char *fmt, ...) PRINTF(1, 2);

/* f: borrowed, ended by a field without a name. */
void log_fields(enum log_level level, const char *msg,
    const struct log_field *f);

/* Say it and exit with status.  dief() is for failed system calls: it
 * appends strerror(errno) and exits with 1. */
_Noreturn void die(int status, const char *fmt, ...) PRINTF(2, 3);
_Noreturn void dief(const char *fmt, ...) PRINTF(1, 2);

/* dst gets src with control bytes, invalid UTF-8 and, if quote is not 0,
 * quote and backslash escaped.  Returns the bytes written, at most size;
 * what does not fit is left out and marked by "...".  No NUL is added. */
size_t log_escape(char *dst, size_t size, const char *src, char quote);

#endif
