/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay.c - forwards signals to the host
 *
 * A shell, a CI job or a service manager knows our pid, not the host's: signals
 * that it sends to us are forwarded. Signals of the terminal (Ctrl-C, Ctrl-\, Ctrl-Z, its size)
 * reach the host directly, since it is in our process group: forwarding them would
 * send them twice; they are only blocked here, so that we can report afterwards. Signals are
 * taken with sigwaitinfo(), which tells the sender, so there is no handler.
 */
#include "run/relay.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int passed_on[] = {SIGHUP,	 SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
				SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH};

static void signals_of_ours(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		sigaddset(set, passed_on[i]);
}

void relay_begin(struct relay *relay)
{
	/* If SIGCHLD were ignored, as inherited, the kernel would reap the host. */
	const struct sigaction standard = {.sa_handler = SIG_DFL};
	sigset_t ours;

	signals_of_ours(&ours);
	/* Not forwarded, only blocked: a host that is killed before it has read its
	 * broker's address leaves a pipe without a reader. */
	sigaddset(&ours, SIGPIPE);
	sigprocmask(SIG_BLOCK, &ours, &relay->mask);
	sigaction(SIGCHLD, &standard, &relay->child_action);
}

void relay_restore(const struct relay *relay)
{
	sigaction(SIGCHLD, &relay->child_action, NULL);
	sigprocmask(SIG_SETMASK, &relay->mask, NULL);
}

static bool from_terminal(const siginfo_t *info)
{
	return info->si_code == SI_KERNEL &&
	       (info->si_signo == SIGINT || info->si_signo == SIGQUIT ||
		info->si_signo == SIGTSTP || info->si_signo == SIGWINCH);
}

static void pass_on(const siginfo_t *info, pid_t host, uint64_t *got)
{
	/* A host that sends a signal to its own group has got it already. */
	if (info->si_signo == SIGCHLD || (info->si_code <= 0 && info->si_pid == host))
		return;
	*got |= UINT64_C(1) << (info->si_signo - 1);
	if (!from_terminal(info))
		kill(host, info->si_signo);
}

/*
 * The host was stopped from the terminal: stops this process, too, or the shell
 * would continue to wait for it. By SIGTSTP, not SIGSTOP: in an orphaned process
 * group, where no shell could continue it, the kernel then does not stop it.
 */
static void stop_too(int signal_number)
{
	const struct sigaction standard = {.sa_handler = SIG_DFL};
	struct sigaction before;
	sigset_t stop;

	if (signal_number != SIGTSTP && signal_number != SIGTTIN && signal_number != SIGTTOU)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &standard, &before);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &before, NULL);
}

/*
 * True when the host has ended (or cannot be waited for: -1 in *status). We may have other
 * children, which must be reaped, too: orphans, as PID 1 of a container, and children of a
 * shell that exec'd us.
 */
static bool reap(pid_t host, int *status)
{
	pid_t changed;
	int how;

	while ((changed = waitpid(-1, &how, WNOHANG | WUNTRACED)) > 0) {
		if (changed != host)
			continue;
		*status = how;
		if (!WIFSTOPPED(how))
			return true;
		stop_too(WSTOPSIG(how));
	}
	if (changed == 0 || errno == EINTR)
		return false;
	*status = -1;
	return true;
}

bool relay_wait(pid_t host, int *wait_status, uint64_t *got)
{
	const struct timespec now = {0};
	sigset_t ours;
	siginfo_t info;

	*got = 0;
	signals_of_ours(&ours);
	while (!reap(host, wait_status))
		if (sigwaitinfo(&ours, &info) > 0)
			pass_on(&info, host, got);
	/* A signal to the whole group may have ended the host before we read it; the host's pid
	 * must not be signalled any more. */
	while (sigtimedwait(&ours, &info, &now) > 0)
		if (info.si_signo != SIGCHLD && !(info.si_code <= 0 && info.si_pid == host))
			*got |= UINT64_C(1) << (info.si_signo - 1);
	return *wait_status != -1;
}

void relay_die(int signal_number)
{
	const struct rlimit none = {0, 0};
	const struct sigaction standard = {.sa_handler = SIG_DFL};
	sigset_t it;

	setrlimit(RLIMIT_CORE, &none);
	sigaction(signal_number, &standard, NULL);
	sigemptyset(&it);
	sigaddset(&it, signal_number);
	sigprocmask(SIG_UNBLOCK, &it, NULL);
	raise(signal_number);
}
