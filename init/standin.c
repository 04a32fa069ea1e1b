#include "init/hook.h"
#include "init/prefix.h"
#include "init/uri.h"
int hook_url(const char *u, const char **w){(void)u;(void)w;return 0;}
int uri_parse(struct uri*u,const char*t,const char**w){(void)u;(void)t;*w="x";return -1;}
int uri_interactive(const struct uri*u){(void)u;return 0;}
int prefix_parse(struct prefix*p,const char*t){(void)p;(void)t;return 0;}
