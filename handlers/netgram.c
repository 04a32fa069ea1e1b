#include "handlers/netgram.h"

#include <stddef.h>
#include <string.h>

#include "handlers/netform.h"
#include "lib/util.h"

#define U8 255
#define U32 4294967295
#define NAMES(...) (const char *const[]){ __VA_ARGS__, NULL }

#define SCOPES "global", "site", "link", "host", "nowhere"
#define PROTOCOLS "kernel", "boot", "static", "redirect", "ra", "dhcp"
#define TABLES "main", "local", "default"
#define TYPES "unicast", "local", "broadcast", "multicast", "anycast", \
	"throw", "unreachable", "prohibit", "blackhole"

static const struct netform
	addr = { "an address", netform_address, .names = NULL },
	prefix = { "an address or prefix", netform_prefix, .names = NULL },
	target = { "an address or prefix, default or all", netform_prefix,
	    .names = NAMES("default", "all", "any") },
	brd = { "an IPv4 address, + or -", netform_address,
	    .names = NAMES("+", "-") },
	device = { "a device name", netform_device, .names = NULL },
	label = { "DEVICE or DEVICE:NAME", netform_label, .names = NULL },
	u32 = { "a number", netform_number, 0, U32, NULL },
	bit = { "0 or 1", netform_decimal, 0, 1, NULL },
	hops = { "a number up to 255", netform_number, 0, U8, NULL },
	weight = { "a number from 1 to 256", netform_number, 1, 256, NULL },
	realm = { "a number up to 255", netform_number, 0, U8, NULL },
	bits = { "a number up to 128", netform_number, 0, 128, NULL },
	tos = { "a hexadecimal number up to ff", netform_hex, 0, U8, NULL },
	mark = { "NUMBER or NUMBER/MASK", netform_mark, 0, U32, NULL },
	port = { "PORT or PORT-PORT", netform_port, 1, 65535, NULL },
	uids = { "UID-UID", netform_range, 0, U32, NULL },
	msec = { "a time such as 200ms", netform_time, .names = NULL },
	congctl = { "the name of an algorithm", netform_ident, .names = NULL },
	lifetime = { "seconds or forever", netform_number, 0, U32,
	    NAMES("forever") },
	table = { "a table's number, main, local or default", netform_number,
	    1, U32, NAMES(TABLES) },
	tables = { "a table's number, main, local, default, all or cache",
	    netform_number, 1, U32, NAMES(TABLES, "all", "cache") },
	scope = { "global, site, link, host, nowhere or a number",
	    netform_number, 0, U8, NAMES(SCOPES) },
	scopes = { "global, site, link, host, nowhere, all or a number",
	    netform_number, 0, U8, NAMES(SCOPES, "all") },
	proto = { "kernel, boot, static, redirect, ra, dhcp or a number",
	    netform_number, 0, U8, NAMES(PROTOCOLS) },
	protos = { "kernel, boot, static, redirect, ra, dhcp, all or a number",
	    netform_number, 0, U8, NAMES(PROTOCOLS, "all") },
	ipproto = { "a protocol such as tcp, or its number", netform_decimal,
	    0, U8, NAMES("icmp", "igmp", "tcp", "udp", "gre", "esp", "ah",
	    "ipv6-icmp", "sctp", "udplite") },
	rtpref = { "low, medium or high", .names =
	    NAMES("low", "medium", "high") },
	features = { "ecn", .names = NAMES("ecn") },
	rttype = { "a type of routes", .names = NAMES(TYPES) },
	action = { "blackhole, unreachable, prohibit or nop", .names =
	    NAMES("unicast", "blackhole", "unreachable", "prohibit", "nop") };

static const char *const family[] = { "inet", "inet6", NULL };
static const char *const lock[] = { "lock", NULL };
static const char *const types[] = { TYPES, NULL };
static const char *const match[] = { "root", "match", "exact", NULL };

#define FLAG(n) { .name = n }
#define KEY(n, f) { .name = n, .value = &f }
#define LEAD(n, f, l) { .name = n, .value = &f, .lead = l }
#define BARE(n, f, l) { .name = n, .value = &f, .lead = l, .bare = 1 }

static const struct netkey address_keys[] = {
	BARE("local", prefix, NULL),
	KEY("peer", prefix), KEY("remote", prefix),
	KEY("broadcast", brd), KEY("brd", brd),
	KEY("anycast", addr),
	KEY("dev", device), KEY("label", label), KEY("scope", scope),
	KEY("metric", u32), KEY("priority", u32), KEY("preference", u32),
	KEY("valid_lft", lifetime), KEY("preferred_lft", lifetime),
	FLAG("nodad"), FLAG("optimistic"), FLAG("home"), FLAG("mngtmpaddr"),
	FLAG("noprefixroute"), FLAG("autojoin"),
	{ .name = NULL }
};

static const struct netkey address_flush_keys[] = {
	KEY("dev", device), KEY("to", prefix), KEY("scope", scopes),
	KEY("label", label), FLAG("up"),
	FLAG("permanent"), FLAG("dynamic"), FLAG("primary"),
	FLAG("secondary"), FLAG("temporary"), FLAG("tentative"),
	FLAG("deprecated"), FLAG("dadfailed"),
	{ .name = NULL }
};

static const struct netkey nexthop_keys[] = {
	{ .name = "nexthop", .then = nexthop_keys },
	LEAD("via", addr, family), KEY("dev", device),
	KEY("weight", weight), FLAG("onlink"),
	{ .name = NULL }
};

static const struct netkey route_keys[] = {
	BARE("to", target, types),
	LEAD("via", addr, family),
	KEY("dev", device), KEY("oif", device), KEY("src", addr),
	KEY("from", target),
	KEY("table", table), KEY("metric", u32), KEY("priority", u32),
	KEY("preference", u32), KEY("prio", u32), KEY("scope", scope),
	KEY("protocol", proto), KEY("proto", proto), KEY("realms", realm),
	KEY("tos", tos), KEY("dsfield", tos), FLAG("onlink"),
	KEY("pref", rtpref), KEY("expires", u32),
	LEAD("mtu", u32, lock), LEAD("advmss", u32, lock),
	LEAD("hoplimit", hops, lock), LEAD("window", u32, lock),
	LEAD("cwnd", u32, lock), LEAD("initcwnd", u32, lock),
	LEAD("initrwnd", u32, lock), LEAD("ssthresh", u32, lock),
	LEAD("reordering", u32, lock), LEAD("rtt", msec, lock),
	LEAD("rttvar", msec, lock), KEY("rto_min", msec),
	LEAD("congctl", congctl, lock), KEY("features", features),
	KEY("quickack", bit), KEY("fastopen_no_cookie", bit),
	{ .name = "nexthop", .then = nexthop_keys },
	{ .name = NULL }
};

static const struct netkey route_flush_keys[] = {
	BARE("to", target, match),
	LEAD("from", target, match), KEY("src", prefix),
	LEAD("via", addr, family),
	KEY("dev", device), KEY("oif", device), KEY("iif", device),
	KEY("table", tables), FLAG("cache"), KEY("type", rttype),
	KEY("metric", u32), KEY("priority", u32), KEY("preference", u32),
	KEY("scope", scopes), KEY("protocol", protos), KEY("proto", protos),
	KEY("tos", tos), KEY("dsfield", tos), KEY("realms", realm),
	{ .name = NULL }
};

/* What a rule may match; its table. */
#define SELECTORS \
	FLAG("not"), KEY("from", target), KEY("to", target), \
	KEY("fwmark", mark), KEY("tos", tos), KEY("dsfield", tos), \
	KEY("iif", device), KEY("dev", device), KEY("oif", device), \
	FLAG("l3mdev"), KEY("uidrange", uids), KEY("ipproto", ipproto), \
	KEY("sport", port), KEY("dport", port), \
	KEY("table", table), KEY("lookup", table), \
	KEY("pref", u32), KEY("preference", u32), KEY("priority", u32), \
	KEY("prio", u32), KEY("order", u32)

static const struct netkey rule_keys[] = {
	BARE("type", action, NULL),
	SELECTORS,
	KEY("goto", u32), KEY("realms", realm),
	KEY("protocol", proto), KEY("proto", proto),
	KEY("suppress_prefixlength", bits), KEY("sup_pl", bits),
	KEY("suppress_ifgroup", u32), KEY("sup_group", u32),
	{ .name = NULL }
};

static const struct netkey rule_flush_keys[] = {
	SELECTORS, KEY("protocol", protos), KEY("proto", protos),
	{ .name = NULL }
};

#define VERB(n, k, w) { .name = n, .keys = k, .need = w }
#define GIVES(n, k, w) { .name = n, .keys = k, .need = w, .gives = 1 }

static const struct netverb address_verbs[] = {
	GIVES("add", address_keys, "dev"),
	GIVES("change", address_keys, "dev"),
	GIVES("replace", address_keys, "dev"),
	VERB("delete", address_keys, "dev"),
	VERB("del", address_keys, "dev"),
	VERB("flush", address_flush_keys, ""),
	{ .name = NULL }
};

static const struct netverb route_verbs[] = {
	VERB("add", route_keys, "to"),
	VERB("change", route_keys, "to"),
	VERB("replace", route_keys, "to"),
	VERB("append", route_keys, "to"),
	VERB("prepend", route_keys, "to"),
	VERB("delete", route_keys, "to"),
	VERB("del", route_keys, "to"),
	VERB("flush", route_flush_keys, ""),
	{ .name = NULL }
};

static const struct netverb rule_verbs[] = {
	VERB("add", rule_keys, ""),
	VERB("delete", rule_keys, ""),
	VERB("del", rule_keys, ""),
	VERB("flush", rule_flush_keys, NULL),
	{ .name = NULL }
};

const struct netobject netgram[NETCMD_KINDS] = {
	[NETCMD_ADDRESS] = { "address", address_verbs },
	[NETCMD_ROUTE] = { "route", route_verbs },
	[NETCMD_RULE] = { "rule", rule_verbs },
	[NETCMD_HOST_ROUTE] = { "route", route_verbs },
};

#define OUTSIDE "it reaches outside the container's namespace"
#define PROGRAM "it can load a program into the kernel"
#define SHARED "it is not about addresses, routes or rules"
#define TEXT "it is text that others can read"

/* Most are keywords of other objects: none of them is a keyword above, but
 * whoever tries deserves the reason. */
static const struct {
	const char *word, *reason;
} refused[] = {
	{ "netns", OUTSIDE }, { "link-netns", OUTSIDE },
	{ "link-netnsid", OUTSIDE }, { "netnsid", OUTSIDE },
	{ "target-nsid", OUTSIDE }, { "nsid", OUTSIDE },
	{ "xdp", PROGRAM }, { "xdpgeneric", PROGRAM }, { "xdpdrv", PROGRAM },
	{ "xdpoffload", PROGRAM }, { "bpf", PROGRAM }, { "encap", PROGRAM },
	{ "vf", "it changes the machine's own hardware" },
	{ "master", SHARED }, { "vrf", SHARED }, { "nhid", SHARED },
	{ "alias", TEXT }, { "ifalias", TEXT },
};

const char *
netgram_refused(const char *word)
{
	for (size_t i = 0; i < countof(refused); i++)
		if (strcmp(refused[i].word, word) == 0)
			return refused[i].reason;
	return NULL;
}
