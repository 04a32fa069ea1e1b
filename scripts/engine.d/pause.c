/* pause.c - the one program of the image cleat-test/static: sleeps until TERM or INT. */
#include <signal.h>

int
main(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, 0);
	return sigwait(&set, &sig) != 0;
}
