/* initbench MODE ROUNDS INIT...: measure inits, each as PID 1 of a PID
 * namespace of its own, in turn: A B C A B C.  INIT is a command line that gets
 * a program appended: this one.  Prints a line for each round, a number for
 * each INIT.
 *
 *   start   microseconds from its start to its exit around a program that does
 *           nothing
 *   reap    microseconds that it takes for 20,000 orphans that have ended while
 *           it was stopped; then, for each INIT again, those of processor time
 *   signal  microseconds from a signal to it until the program has it
 *   idle    one line for each INIT: RSS, anonymous and private dirty memory in
 *           kB, and its context switches in ROUNDS seconds
 */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INITS 16
#define WORDS 32
#define ORPHANS 20000
#define STACK 1024	/* for one that ends at once */

static const char *self;

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
fail(const char *what, const char *init)
{
	fprintf(stderr, "initbench: %s: %s: %s\n", init, what,
	    strerror(errno));
	exit(1);
}

/* The programs that run under an init. */

static void
say(char c)
{
	if (write(1, &c, 1) != 1)
		_exit(1);
}

static int
catch_signals(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	say('r');
	while (sigwait(&set, &sig) == 0 && sig != SIGTERM)
		say('s');
	return 0;
}

static int
end_at_once(void *arg)
{
	(void)arg;
	_exit(0);
}

/* Have a child leave 20,000 of its own that have ended behind.  They share its
 * memory, as it is only their number that counts. */
static void
leave_orphans(pid_t *pid)
{
	static char stacks[ORPHANS][STACK] __attribute__((aligned(STACK)));
	pid_t middle = fork();
	int i;

	for (i = 0; middle == 0 && i < ORPHANS; i++)
		pid[i] = clone(end_at_once, stacks[i] + STACK,
		    CLONE_VM | SIGCHLD, NULL);
	if (middle == 0)
		_exit(0);
	while (waitpid(middle, NULL, 0) < 0)
		;
}

/* Make orphans, say so, and wait until the last of them is reaped. */
static int
make_orphans(void)
{
	pid_t *pid = mmap(NULL, ORPHANS * sizeof(*pid), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double at;
	char c;
	int i;

	say('h');
	if (pid == MAP_FAILED || read(0, &c, 1) != 1)
		return 1;
	leave_orphans(pid);
	say('r');
	if (read(0, &c, 1) != 1)
		return 1;
	at = now_us();
	for (i = 0; i < ORPHANS; i++)
		while (kill(pid[i], 0) == 0)
			usleep(100);
	printf("%.1f\n", now_us() - at);
	return 0;
}

static int
program(const char *name)
{
	if (!strcmp(name, "orphans"))
		return make_orphans();
	if (!strcmp(name, "signals"))
		return catch_signals();
	return 0;
}

/* The driver. */

struct run {
	pid_t pid;
	int in, out;		/* its standard input and output */
};

static void
exec_init(const char *init, const char *name)
{
	char text[512], *argv[WORDS], *p;
	int n = 0;

	snprintf(text, sizeof(text), "%s", init);
	for (p = strtok(text, " "); p && n < WORDS - 4; p = strtok(NULL, " "))
		argv[n++] = p;
	if (name) {
		argv[n++] = (char *)self;
		argv[n++] = (char *)"program";
		argv[n++] = (char *)name;
	}
	argv[n] = NULL;
	execvp(argv[0], argv);
	_exit(99);
}

static struct run
start(const char *init, const char *name)
{
	struct clone_args how = {
		.flags = CLONE_NEWPID, .exit_signal = SIGCHLD,
	};
	int in[2], out[2];
	struct run r;

	if (pipe(in) < 0 || pipe(out) < 0)
		fail("pipe", init);
	r.pid = (pid_t)syscall(SYS_clone3, &how, sizeof(how));
	if (r.pid == 0) {
		/* as an engine does it; the scheduler goes by sessions */
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]), close(in[1]), close(out[0]), close(out[1]);
		exec_init(init, name);
	}
	if (r.pid < 0)
		fail("clone3 (as root?)", init);
	close(in[0]);
	close(out[1]);
	r.in = in[1];
	r.out = out[0];
	return r;
}

static char
hear(const struct run *r, const char *init)
{
	char c;

	if (read(r->out, &c, 1) != 1)
		fail("it says nothing", init);
	return c;
}

static void
end(struct run *r, const char *init, int sig)
{
	int status;

	if (sig)
		kill(r->pid, sig);
	if (waitpid(r->pid, &status, 0) < 0 || (!sig && status != 0))
		fail("it failed", init);
	close(r->in);
	close(r->out);
}

static double
time_start(const char *init)
{
	double at = now_us();
	struct run r = start(init, "nothing");

	end(&r, init, 0);
	return now_us() - at;
}

/* The processor time that a process has taken. */
static double
cpu_us(pid_t pid, const char *init)
{
	struct timespec ts;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &ts) < 0)
		fail("its processor time", init);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double
time_reap(const char *init, double *cpu)
{
	struct run r = start(init, "orphans");
	char text[64];
	ssize_t n;

	(void)hear(&r, init);	/* it runs: now init does not */
	kill(r.pid, SIGSTOP);
	if (write(r.in, "g", 1) != 1)
		fail("it reads nothing", init);
	(void)hear(&r, init);
	*cpu = -cpu_us(r.pid, init);
	kill(r.pid, SIGCONT);
	if (write(r.in, "g", 1) != 1 ||
	    (n = read(r.out, text, sizeof(text) - 1)) <= 0)
		fail("it reaps nothing", init);
	*cpu += cpu_us(r.pid, init);
	text[n] = '\0';
	end(&r, init, 0);
	return atof(text);
}

static int
measure_starts(int rounds, char **inits)
{
	int i;

	while (rounds-- > 0) {
		for (i = 0; inits[i]; i++)
			printf("%.1f ", time_start(inits[i]));
		printf("\n");
		fflush(stdout);
	}
	return 0;
}

static int
measure_reaps(int rounds, char **inits)
{
	double cpu[INITS];
	int i;

	while (rounds-- > 0) {
		for (i = 0; inits[i] && i < INITS; i++)
			printf("%.1f ", time_reap(inits[i], &cpu[i]));
		for (i = 0; inits[i] && i < INITS; i++)
			printf("%.1f ", cpu[i]);
		printf("\n");
		fflush(stdout);
	}
	return 0;
}

static int
measure_signals(int rounds, char **inits)
{
	struct run r[INITS];
	int i, k, n;
	double at;

	for (n = 0; inits[n] && n < INITS; n++) {
		r[n] = start(inits[n], "signals");
		(void)hear(&r[n], inits[n]);
	}
	for (k = 0; k < rounds; k++)
		for (i = 0; i < n; i++) {
			usleep(200);	/* so that it sleeps again */
			at = now_us();
			kill(r[i].pid, SIGUSR1);
			(void)hear(&r[i], inits[i]);
			printf("%.1f%s", now_us() - at,
			    i + 1 < n ? " " : "\n");
		}
	for (i = 0; i < n; i++)
		end(&r[i], inits[i], SIGKILL);
	return 0;
}

/* The number behind name in a file of the process. */
static long
number(pid_t pid, const char *file, const char *name)
{
	char path[64], line[256];
	long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			n = atol(line + strlen(name));
	if (f)
		fclose(f);
	return n;
}

static long
switches(pid_t pid)
{
	return number(pid, "status", "voluntary_ctxt_switches:") +
	    number(pid, "status", "nonvoluntary_ctxt_switches:");
}

static int
measure_idle(int seconds, char **inits)
{
	struct run r[INITS];
	long before[INITS];
	int i, n;

	for (n = 0; inits[n] && n < INITS; n++)
		r[n] = start(inits[n], strstr(inits[n], "s6-svscan") ? NULL :
		    "signals");
	sleep(1);
	for (i = 0; i < n; i++)
		before[i] = switches(r[i].pid);
	sleep((unsigned)seconds);
	for (i = 0; i < n; i++) {
		printf("%ld %ld %ld %ld\n",
		    number(r[i].pid, "smaps_rollup", "Rss:"),
		    number(r[i].pid, "status", "RssAnon:"),
		    number(r[i].pid, "smaps_rollup", "Private_Dirty:"),
		    switches(r[i].pid) - before[i]);
		end(&r[i], inits[i], SIGKILL);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 3 ? atoi(argv[2]) : 0;

	self = argv[0];
	if (argc == 3 && !strcmp(argv[1], "program"))
		return program(argv[2]);
	if (rounds > 0 && !strcmp(argv[1], "start"))
		return measure_starts(rounds, argv + 3);
	if (rounds > 0 && !strcmp(argv[1], "reap"))
		return measure_reaps(rounds, argv + 3);
	if (rounds > 0 && !strcmp(argv[1], "signal"))
		return measure_signals(rounds, argv + 3);
	if (rounds > 0 && !strcmp(argv[1], "idle"))
		return measure_idle(rounds, argv + 3);
	fprintf(stderr, "usage: initbench start|reap|signal|idle ROUNDS "
	    "INIT...\n");
	return 2;
}
