#include "handlers/netgram.h"

#include <stddef.h>
#include <string.h>

#include "handlers/netform.h"
#include "lib/util.h"

#define U8 255
#define S32 2147483647
#define U32 4294967295
#define NAMES(...) (const char *const[]) { __VA_ARGS__, NULL }

#define SCOPES "global", "site", "link", "host", "nowhere"
#define PROTOCOLS "kernel", "boot", "static", "redirect", "ra", "dhcp"
#define TABLES "main", "local", "default"
#define TYPES "unicast", "local", "broadcast", "multicast", "anycast", \
	"throw", "unreachable", "prohibit", "blackhole"

/* What is said to be expected stands last. */
#define FORM(id, fits, min, max, names, expected) \
	static const struct netform id = { expected, fits, min, max, names }

FORM(addr, netform_address, 0, 0, NULL, "an address");
FORM(prefix, netform_prefix, 0, 0, NULL, "an address or prefix");
/* not "any": ip takes it for anycast, a type, and reads on */
FORM(target, netform_prefix, 0, 0, NAMES("default", "all"),
    "an address or prefix, default or all");
FORM(hosts, netform_prefix, 0, 0, NAMES("all", "any", "default"),
    "an address or prefix, or all");
FORM(brd, netform_address, 0, 0, NAMES("+", "-"), "an address, + or -");
FORM(device, netform_device, 0, 0, NULL, "a device name");
FORM(label, netform_label, 0, 0, NULL, "DEVICE or DEVICE:NAME");
FORM(u32, netform_number, 0, U32, NULL, "a number");
FORM(group, netform_number, 0, S32, NULL, "a number");
FORM(u8, netform_number, 0, U8, NULL, "a number up to 255");
FORM(bit, netform_decimal, 0, 1, NULL, "0 or 1");
FORM(bits, netform_number, 0, 128, NULL, "a number up to 128");
FORM(weight, netform_number, 1, 256, NULL, "a number from 1 to 256");
FORM(tos, netform_hex, 0, U8, NULL, "a hexadecimal number up to ff");
FORM(mark, netform_mark, 0, U32, NULL, "NUMBER or NUMBER/MASK");
FORM(port, netform_port, 1, 65535, NULL, "PORT or PORT-PORT");
FORM(uids, netform_range, 0, U32, NULL, "UID-UID");
FORM(msec, netform_time, 0, 0, NULL, "a time such as 200ms");
/* Another name makes the kernel load the module tcp_NAME, for all. */
FORM(congctl, NULL, 0, 0, NAMES("reno", "cubic", "bbr", "dctcp"),
    "reno, cubic, bbr or dctcp");
FORM(lifetime, netform_number, 0, U32, NAMES("forever"),
    "seconds or forever");
FORM(table, netform_number, 1, U32, NAMES(TABLES),
    "a table's number, main, local or default");
FORM(tables, netform_number, 1, U32, NAMES(TABLES, "all", "cache"),
    "a table's number, main, local, default, all or cache");
FORM(scope, netform_number, 0, U8, NAMES(SCOPES),
    "global, site, link, host, nowhere or a number");
FORM(scopes, netform_number, 0, U8, NAMES(SCOPES, "all"),
    "global, site, link, host, nowhere, all or a number");
FORM(proto, netform_number, 0, U8, NAMES(PROTOCOLS),
    "kernel, boot, static, redirect, ra, dhcp or a number");
FORM(protos, netform_number, 0, U8, NAMES(PROTOCOLS, "all"),
    "kernel, boot, static, redirect, ra, dhcp, all or a number");
FORM(ipproto, netform_decimal, 0, U8, NAMES("icmp", "igmp", "tcp", "udp",
    "gre", "esp", "ah", "ipv6-icmp", "sctp", "udplite"),
    "a protocol such as tcp, or its number");
FORM(rtpref, NULL, 0, 0, NAMES("low", "medium", "high"),
    "low, medium or high");
FORM(features, NULL, 0, 0, NAMES("ecn"), "ecn");
FORM(rttype, NULL, 0, 0, NAMES(TYPES), "a type of routes");
FORM(action, NULL, 0, 0, NAMES("unicast", "blackhole", "unreachable",
    "prohibit", "nop"), "blackhole, unreachable, prohibit or nop");

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
	KEY("protocol", proto), KEY("proto", proto), KEY("realms", u8),
	KEY("tos", tos), KEY("dsfield", tos), FLAG("onlink"),
	KEY("pref", rtpref), KEY("expires", u32),
	LEAD("mtu", u32, lock), LEAD("advmss", u32, lock),
	LEAD("hoplimit", u8, lock), LEAD("window", u32, lock),
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
	LEAD("from", target, match), KEY("src", prefix), KEY("via", addr),
	KEY("dev", device), KEY("oif", device), KEY("iif", device),
	KEY("table", tables), FLAG("cache"), KEY("type", rttype),
	KEY("metric", u32), KEY("priority", u32), KEY("preference", u32),
	KEY("scope", scopes), KEY("protocol", protos), KEY("proto", protos),
	KEY("tos", tos), KEY("dsfield", tos), KEY("realms", u8),
	{ .name = NULL }
};

/* What a rule may match; its table. */
#define SELECTORS \
	FLAG("not"), KEY("from", hosts), KEY("to", hosts), \
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
	KEY("goto", u32), KEY("realms", u8),
	KEY("protocol", proto), KEY("proto", proto),
	KEY("suppress_prefixlength", bits), KEY("sup_pl", bits),
	KEY("suppress_ifgroup", group), KEY("sup_group", group),
	{ .name = NULL }
};

static const struct netkey rule_flush_keys[] = {
	SELECTORS, KEY("protocol", protos), KEY("proto", protos),
	{ .name = NULL }
};

#define VERB(n, k, w) { .name = n, .keys = k, .need = w }
#define GIVES(n, k, w) { .name = n, .keys = k, .need = w, .gives = 1 }
#define BLIND(n, k, w) { .name = n, .keys = k, .need = w, .blind = 1 }

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
	BLIND("flush", route_flush_keys, ""),
	{ .name = NULL }
};

static const struct netverb rule_verbs[] = {
	BLIND("add", rule_keys, ""),
	BLIND("delete", rule_keys, ""),
	BLIND("del", rule_keys, ""),
	BLIND("flush", rule_flush_keys, NULL),
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
