/* floorinit PROGRAM [ARG...]: the least that a first process can do: forward
 * every signal, reap every orphan, exit with the program's status. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	sigset_t all, old;
	int sig, st;
	pid_t pid, p;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = argc > 1 ? fork() : -1;
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while (pid > 0 && sigwait(&all, &sig) == 0) {
		if (sig != SIGCHLD)
			kill(pid, sig);
		while ((p = waitpid(-1, &st, WNOHANG)) > 0)
			if (p == pid)
				_exit(WIFEXITED(st) ? WEXITSTATUS(st) :
				    128 + WTERMSIG(st));
	}
	return 1;
}
