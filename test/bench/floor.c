/* floor - the least that a program must do for a start event: one stream,
 * one inspect, one fork, one setns, one exec of ip.
 * floor SOCKET LABEL: no reconnect, no checks, no log, one container at a
 * time; an address label alone.  What cleat is measured against. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char buf[1 << 20];

static int
dial(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	if (s < 0 || connect(s, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		perror(path);
		exit(1);
	}
	return s;
}

static void
get(int s, const char *path)
{
	char req[256];

	snprintf(req, sizeof(req), "GET %s HTTP/1.1\r\nHost: d\r\n\r\n", path);
	if (write(s, req, strlen(req)) < 0)
		exit(1);
}

/* Read until the text end is there. */
static void
read_to(int s, const char *end)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(s, buf + len, sizeof(buf) - 1 - len);
		if (n <= 0)
			exit(0);
		len += (size_t)n;
		buf[len] = '\0';
	} while (!strstr(buf, end));
}

static void
enter_and_run(const char *pid, char *label)
{
	char path[64], *argv[32] = { "ip", "address" }, *w;
	int n = 2, ns;

	if (fork())
		return;
	snprintf(path, sizeof(path), "/proc/%ld/ns/net", atol(pid));
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		_exit(1);
	for (w = strtok(label, " \""); w && n < 31; w = strtok(NULL, " \""))
		argv[n++] = w;
	execvp("ip", argv);
	_exit(1);
}

int
main(int argc, char **argv)
{
	int events, calls;
	char *id, *label, key[128], path[128], words[256];

	if (argc != 3)
		return 2;
	snprintf(key, sizeof(key), "\"%s\":\"", argv[2]);
	signal(SIGCHLD, SIG_IGN);
	events = dial(argv[1]);
	calls = dial(argv[1]);
	get(events, "/events?filters=%7B%22event%22%3A%5B%22start%22%5D%7D");
	for (;;) {
		read_to(events, "}}");
		id = strstr(buf, "\"id\":\"");
		label = strstr(buf, key);
		if (!id || !label)
			continue;
		snprintf(words, sizeof(words), "%.*s",
		    (int)strcspn(label + strlen(key), "\""),
		    label + strlen(key));
		snprintf(path, sizeof(path), "/containers/%.64s/json", id + 6);
		get(calls, path);
		read_to(calls, "\r\n0\r\n");
		id = strstr(buf, "\"Pid\":");
		if (id)
			enter_and_run(id + 6, words);
	}
}
