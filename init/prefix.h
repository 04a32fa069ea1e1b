/* prefix.h - PREFIX[:COLOR] at the start of every line.  Pure: one struct for
 * each stream.  Behind the last colon only a word of a-z counts as a colour,
 * and then it has to be one: "host:8080", "a:B" and "web:" are prefixes as
 * they are.  The prefix alone is painted; the line follows it at once. */
#ifndef INIT_PREFIX_H
#define INIT_PREFIX_H

#include <stddef.h>

/* A name of a container or host, and some more: it is on every line. */
#define PREFIX_MAX 128
#define PREFIX_PAINT 11		/* ESC [ 3N ; 1 m ... ESC [ 0 m */

/* As much room is enough for any prefix and the byte behind it. */
#define PREFIX_ROOM (PREFIX_MAX + PREFIX_PAINT + 1)

struct prefix {
	char text[PREFIX_MAX + PREFIX_PAINT + 1];
	size_t len;
	int inside;		/* a line has begun */
};

/* -1: no such colour, nothing before it, or longer than PREFIX_MAX. */
int prefix_parse(struct prefix *p, const char *text);

/* Copy from src (n bytes) to dst (size bytes).  The prefix comes with the first
 * byte of a line, never behind the last newline; where there is no room for
 * both it waits.  *used: how much of src was taken.  Returns the bytes in dst:
 * at least one, if size is PREFIX_ROOM or more and n is not 0. */
size_t prefix_put(struct prefix *p, char *dst, size_t size, const char *src,
    size_t n, size_t *used);

#endif
