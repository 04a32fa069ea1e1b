int hook_url(const char *url, const char **why);
