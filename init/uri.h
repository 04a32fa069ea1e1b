/* uri.h stand-in */
#ifndef INIT_URI_H
#define INIT_URI_H
enum uri_kind { URI_FILE, URI_TCP, URI_TLS, URI_UDP, URI_UNIX, URI_UNIXGRAM, URI_UNIXPACKET };
struct uri { enum uri_kind kind; int family; int log; char host[256]; char port[6]; char path[4096]; };
int uri_parse(struct uri *u, const char *text, const char **why);
int uri_interactive(const struct uri *u);
#endif
