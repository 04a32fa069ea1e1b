#include "init/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "init/helper.h"
#include "init/relay.h"
#include "init/uri.h"
#include "lib/log.h"

#define LOWEST 10	/* the program may expect something below */

static struct relay {
	struct helper helper;
	int ours, its;		/* ends of what the program writes to */
} relays[2];		/* for a prefix alone: standard output and error */
static int n;
static int input[2] = { -1, -1 };	/* what it reads and we write to */
static int is_pty, ending;
static const struct output *conf;
static void (*on_closed)(void), (*on_drained)(void);

/* Out of the way of what the program is handed.  -1 and errno. */
static int
move_up(int fd)
{
	int up = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, LOWEST), err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return up;
}

static int
make_pipe(int *in, int *out)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	*in = move_up(p[0]);
	*out = move_up(p[1]);
	return *in < 0 || *out < 0 ? -1 : 0;
}

/* A terminal as the other end of a wire is: nobody echoes what it sends, and it
 * has a usual size. */
static int
make_pty(int *master, int *slave)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct termios t;
	int unlock = 0, k;

	*master = move_up(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (*master < 0)
		return -1;
	if (ioctl(*master, TIOCSPTLCK, &unlock) < 0)
		return -1;
	k = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	*slave = move_up(k);
	if (*slave < 0 || tcgetattr(*slave, &t) < 0)
		return -1;
	t.c_lflag &= ~(tcflag_t)ECHO;
	(void)ioctl(*slave, TIOCSWINSZ, &size);
	return tcsetattr(*slave, TCSANOW, &t);
}

/* The peer has closed, or it is over, or a relay died of something. */
static void
on_ended(struct helper *h, int status)
{
	int i, left = 0;

	if (status == RELAY_CLOSED) {
		/* whatever else it writes is for nobody */
		helper_arg(h, "--discard");
		helper_start(h);
		on_closed();
		return;
	}
	if (status != 0 || !ending) {
		helper_later(h);
		return;
	}
	for (i = 0; i < n; i++)
		left += relays[i].helper.child.pid > 0 ||
		    relays[i].helper.again.armed;
	if (!left && on_drained)
		on_drained();
}

static struct relay *
add(void)
{
	struct relay *r = &relays[n++];
	struct helper *h = &r->helper;

	helper_init(h, "relay", on_ended);
	r->ours = r->its = -1;
	helper_opt(h, "--prefix", conf->prefix);
	return r;
}

/* Each of the two streams by a relay of its own to where it goes anyway. */
static int
open_plain(void)
{
	struct relay *r;
	int i;

	for (i = 1; i <= 2; i++) {
		r = add();
		if (make_pipe(&r->ours, &r->its) < 0)
			return -1;
		r->helper.fd[0] = r->ours;
		r->helper.fd[1] = i;
	}
	return 0;
}

static void
add_options(struct helper *h)
{
	helper_opt(h, "--io", conf->io);
	helper_opt(h, "--rotate-ms", conf->rotate_ms);
	helper_opt(h, "--tls-ca", conf->ca);
	if (conf->insecure)
		helper_arg(h, "--tls-insecure");
}

static int
open_wire(const struct uri *u)
{
	struct relay *r = add();

	add_options(&r->helper);
	is_pty = uri_is_interactive(u);
	if (is_pty) {
		helper_arg(&r->helper, "--pty");
		if (make_pty(&r->ours, &r->its) < 0)
			return -1;
	} else if (make_pipe(&r->ours, &r->its) < 0) {
		return -1;
	}
	r->helper.fd[0] = r->ours;
	if (u->log || (u->kind != URI_UDP && u->kind != URI_UNIXGRAM))
		return 0;
	/* datagrams that come back are what it reads */
	helper_arg(&r->helper, "--input");
	if (make_pipe(&input[0], &input[1]) < 0)
		return -1;
	r->helper.fd[1] = input[1];
	return 0;
}

/* To find out only at the first line that it cannot be written would be late.
 * A FIFO is not opened: whoever reads it would take that for all there is. */
static int
check_file(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode))
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
	    0644);
	if (fd < 0) {
		log_err("--io: open %s", path);
		return -1;
	}
	close(fd);
	return 0;
}

int
output_open(const struct output *o)
{
	static struct uri u;
	const char *why;
	int rc;

	conf = o;
	if (!o->io && !o->prefix)
		return 0;
	if (o->io && uri_parse(&u, o->io, &why) < 0) {
		log_error("--io: bad value \"%s\": expected %s", o->io, why);
		return -1;
	}
	if (o->io && u.kind == URI_FILE && check_file(u.path) < 0)
		return -1;
	rc = o->io ? open_wire(&u) : open_plain();
	if (rc < 0)
		log_err(is_pty ? "--io %s: no terminal for the program" :
		    "--io %s: no pipe for the program", o->io ? o->io : "");
	return rc;
}

int
output_fds(int fd[3])
{
	if (n == 0)
		return 0;
	if (is_pty)
		fd[0] = relays[0].its;
	else if (input[0] >= 0)
		fd[0] = input[0];
	fd[1] = relays[0].its;
	fd[2] = relays[n - 1].its;
	return is_pty;
}

int
output_top(void)
{
	int i, top = input[0] > input[1] ? input[0] : input[1];

	for (i = 0; i < n; i++) {
		if (relays[i].ours > top)
			top = relays[i].ours;
		if (relays[i].its > top)
			top = relays[i].its;
	}
	return top;
}

void
output_start(void (*closed)(void))
{
	int i;

	on_closed = closed;
	for (i = 0; i < n; i++)
		helper_start(&relays[i].helper);
}

int
output_end(void (*drained)(void))
{
	int i;

	ending = 1;
	on_drained = drained;
	for (i = 0; i < n; i++) {
		close(relays[i].its);
		relays[i].its = -1;
		/* one that waits to be started again need not any more */
		helper_start(&relays[i].helper);
		helper_kill(&relays[i].helper, SIGCONT);
	}
	if (input[0] >= 0)
		close(input[0]);
	input[0] = -1;
	return n > 0;
}

void
output_kill(void)
{
	int i;

	on_drained = NULL;
	for (i = 0; i < n; i++)
		helper_kill(&relays[i].helper, SIGKILL);
}
