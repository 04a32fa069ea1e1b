/* words.h - the word grammar of labels and of --with.  Pure; no shell.
 * A text is commands separated by ';', a command is words separated by white
 * space (newlines too).  '...' keeps all it holds, "..." and bare words know
 * backslash (before any character) and $NAME or ${NAME}; a quoted ';' does
 * not separate and an expanded value is never split again.  Other control
 * characters, invalid UTF-8, an unknown $NAME, a quote without an end and a
 * backslash at the end are errors, quoted or not. */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stddef.h>

struct strvec;

#define WORDS_MAX 128		/* words of one command: ip needs few */

/* The value of a name that may be expanded, or NULL.  Borrowed. */
typedef const char *words_var(void *arg, const char *name);

/* Append the words of the first command of *text to out and move *text
 * behind its ';', or to the end.  Returns how many words there were (0: an
 * empty command), or -1: err (of size bytes) says what is wrong and at which
 * byte (the first of *text is byte 1), out is as before, and *text is behind
 * the command all the same (at the end, if a quote has none).  var NULL: no
 * name is known. */
int words_next(struct strvec *out, const char **text, words_var *var,
    void *arg, char *err, size_t size);

#endif
