/* caps.h - capabilities of this process; capabilities(7). */
#ifndef LIB_CAPS_H
#define LIB_CAPS_H

/* Is cap (CAP_SYS_ADMIN ...) in effect?  1, 0, or -1 and errno. */
int caps_has(int cap);

/* Give cap up for good, for what is executed later, too.  One that was never
 * there is no error.  System calls only. */
void caps_drop(int cap);

#endif
