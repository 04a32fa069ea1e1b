/* nlwatch - say when addresses and rules appear in network namespaces.
 * nlwatch NETNS...: for each new IPv4 address or rule in one of the namespace
 * files a line "INDEX address|rule NANOSECONDS" (CLOCK_REALTIME).  Says
 * "ready" when it listens. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX 64

static int
listen_in(const char *netns)
{
	struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_RULE,
	};
	int ns = open(netns, O_RDONLY | O_CLOEXEC), s;

	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		return -1;
	close(ns);
	s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (s < 0 || bind(s, (struct sockaddr *)&nl, sizeof(nl)) < 0)
		return -1;
	return s;
}

static void
tell(int index, int s)
{
	char buf[8192];
	ssize_t n = recv(s, buf, sizeof(buf), 0);
	const struct nlmsghdr *h = (void *)buf;
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	for (; n > 0 && NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type != RTM_NEWADDR &&
		    h->nlmsg_type != RTM_NEWRULE)
			continue;
		printf("%d %s %lld\n", index, h->nlmsg_type == RTM_NEWADDR ?
		    "address" : "rule", ts.tv_sec * 1000000000LL + ts.tv_nsec);
	}
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct pollfd p[MAX];
	int i, n = argc - 1;

	if (n < 1 || n > MAX)
		return 2;
	for (i = 0; i < n; i++) {
		p[i] = (struct pollfd){ listen_in(argv[i + 1]), POLLIN, 0 };
		if (p[i].fd < 0) {
			perror(argv[i + 1]);
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	while (poll(p, (nfds_t)n, -1) >= 0 || errno == EINTR)
		for (i = 0; i < n; i++)
			if (p[i].revents)
				tell(i, p[i].fd);
	return 1;
}
