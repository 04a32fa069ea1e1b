/* preflight.h - can this process do the work, where it was put?
 * Said once at the start, in words that name the remedy, rather than at the
 * first container by an errno. */
#ifndef HANDLERS_PREFLIGHT_H
#define HANDLERS_PREFLIGHT_H

/* Are the engine's PIDs visible below proc, and do we have the capabilities
 * of setns(2) and of what ip does?  unix_path: the engine's socket, or NULL.
 * 0, or what to end with after saying what is missing. */
int preflight(const char *proc, const char *unix_path);

#endif
