#include "handlers/netsysctl.h"

#include <string.h>

#include "lib/strbuf.h"
#include "lib/strvec.h"
#include "lib/util.h"

#define NAME_BYTES 256	/* the longest one has about 80 */
#define VALUE_BYTES 256

/* Not of one namespace: writing one of these in a container's namespace
 * changed the whole machine before Linux 5.12 (it is read-only there now),
 * and nf_hooks_lwtunnel, a static key of the kernel, still does. */
static const char *const global[] = {
	"net/ipv4/tcp_allowed_congestion_control",
	"net/netfilter/nf_conntrack_buckets",
	"net/netfilter/nf_conntrack_expect_max",
	"net/netfilter/nf_conntrack_max",
	"net/netfilter/nf_hooks_lwtunnel",
	"net/nf_conntrack_max",
};

static int
in_component(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* net.ipv4.conf.eth0/100.rp_filter -> net/ipv4/conf/eth0.100/rp_filter.
 * The name begins with "net." and ends before a '='; a letter or digit
 * follows every separator, so that no part is empty, "." or "..". */
static int
to_path(struct strbuf *path, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		if (c == '.' || c == '/') {
			if (!in_component(name[i + 1]))
				return -1;
			c = c == '.' ? '/' : '.';
		} else if (!in_component(c)) {
			return -1;
		}
		strbuf_add(path, &c, 1);
	}
	return 0;
}

static int
is_global(const char *path)
{
	for (size_t i = 0; i < countof(global); i++)
		if (strcmp(path, global[i]) == 0)
			return 1;
	return 0;
}

/* Another algorithm makes the kernel load the module tcp_NAME, for all. */
static int
may_load(const char *path, const char *value)
{
	static const char *const known[] = { "reno", "cubic", "bbr", "dctcp" };

	if (strcmp(path, "net/ipv4/tcp_congestion_control") != 0)
		return 0;
	for (size_t i = 0; i < countof(known); i++)
		if (strcmp(value, known[i]) == 0)
			return 0;
	return 1;
}

static int
is_value(const char *s)
{
	size_t n;

	for (n = 0; s[n]; n++)
		if (s[n] < ' ' || s[n] > '~')
			return 0;
	return n >= 1 && n <= VALUE_BYTES;
}

const char *
netsysctl_check(const char *word, struct strvec *argv)
{
	size_t n = strcspn(word, "=");
	struct strbuf path = STRBUF_INIT;
	const char *wrong = NULL;

	if (word[n] == '\0' || n > NAME_BYTES)
		return "expected NAME=VALUE";
	if (strncmp(word, "net.", 4) != 0)
		return "expected a name that begins with net.";
	if (to_path(&path, word, n) < 0)
		wrong = "expected a name such as net.ipv4.ip_forward";
	else if (is_global(path.s))
		wrong = "not allowed in a label: "
		    "it is one for the whole machine";
	else if (may_load(path.s, word + n + 1))
		wrong = "expected reno, cubic, bbr or dctcp";
	else if (!is_value(word + n + 1))
		wrong = "expected a value of 1 to 256 printable characters";
	if (wrong == NULL) {
		strvec_push(argv, path.s);
		strvec_push(argv, word + n + 1);
	}
	strbuf_release(&path);
	return wrong;
}
