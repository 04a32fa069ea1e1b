/* bound.h - --bind-port: a child (`cleat port`) that ends when the port is
 * bound. */
#ifndef INIT_BOUND_H
#define INIT_BOUND_H

/* port NULL: there is nothing to wait for.  Borrowed for good. */
void bound_init(const char *port, int strict);

/* Call done() once it is bound.  0: there is nothing to wait for. */
int bound_watch(void (*done)(void));
void bound_stop(void);

#endif
