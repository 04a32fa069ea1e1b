/* sig.h - signals as data: blocked from the first line of a command, read
 * one by one from a signalfd, never handled asynchronously.  The kernel's
 * own complaints (SEGV, BUS, ...) stay deliverable: a bug in us must kill
 * us.  Signals have names (TERM, SIGTERM, RTMIN+3) and numbers; RTMIN is 34
 * as container engines count, whatever our libc keeps for itself. */
#ifndef LIB_SIG_H
#define LIB_SIG_H

#include <stddef.h>

#define SIG_MAX 64	/* the last one of Linux, real-time ones included */
#define SIG_RTMIN 34

int sig_open(void);		/* signalfd, or -1; call before any child */
/* After sig_open(): have fd give the kernel's complaints, too, if somebody sent
 * them.  Those that come of a bug kill us all the same.  0, or -1. */
int sig_open_all(int fd);
int sig_next(int fd);		/* next signal, 0: none waiting, -1: error */
int sig_wait(void);		/* wait for it, or -1; without a signalfd */
void sig_default(void);		/* in the child before exec: undo sig_open() */

int sig_can_take(int sig);	/* 1: sig_next() may return it */
int sig_number(const char *name);		/* -1: no such signal */
const char *sig_name(int sig);	/* "TERM"; static, till the next call */

#endif
