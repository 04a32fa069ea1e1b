struct prefix { int x; };
int prefix_parse(struct prefix *p, const char *text);
