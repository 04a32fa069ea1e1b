/* output.h - what the program reads and writes, where it is not simply what we
 * were given: --io and --stdout-prefix.  It gets pipes or a pty; `cleat relay`
 * carries what comes out of them.  We keep both ends: a relay that ends is
 * started again, and the program notices nothing. */
#ifndef INIT_OUTPUT_H
#define INIT_OUTPUT_H

struct output {
	const char *io;		/* URI, or NULL */
	const char *prefix;	/* PREFIX[:COLOR], or NULL */
	const char *rotate_ms;	/* how often the log file is set aside */
	const char *ca;		/* certificates to trust, or NULL */
	int insecure;		/* trust any */
};

/* Before the first start: make pipes or pty, check that a file can be written.
 * o: borrowed for good.  Returns 0, or -1 after saying what is wrong. */
int output_open(const struct output *o);

/* What the program gets as 0, 1 and 2; 1 if that is a terminal, which is to be
 * its controlling one. */
int output_fds(int fd[3]);
int output_top(void);		/* our highest descriptor for it, or -1 */

/* Start the relays.  closed(): the peer of an interactive wire is gone. */
void output_start(void (*closed)(void));

/* No program will write any more: drained() once the relays have passed on what
 * there is.  0: there is no relay. */
int output_end(void (*drained)(void));
void output_kill(void);

#endif
