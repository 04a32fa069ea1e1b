/* version.h - which cleat this is. */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

#define CLEAT_VERSION "0.1.0"

#endif
