/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.c - starts the host as if it were started directly, and waits for its end
 *
 * Standard streams, descriptors, signal mask and dispositions of the host are
 * those we were started with. Therefore the child is forked first, while this
 * process has one thread and no descriptor of its own, and waits; then the
 * broker gets its threads and sockets, and the child is told its address:
 *
 *   parent: fork ──▶ start broker ──▶ address ──▶ wait for exec ──▶ relay
 *   child:       └─▶ wait ◀──────────────┘└─▶ environment ─▶ exec
 *
 * (relay: of signals. The relay of --prove is another process, forked before the broker is
 * started.)
 *
 * Both pipes are close-on-exec: the child's end of `failure` closing by
 * itself is how a successful exec is known.
 */
#include "run/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/hostenv.h"
#include "run/relay.h"

struct pipes {
	int address[2];
	int failure[2];
};

static ssize_t read_fully(int fd, void *to, size_t bytes)
{
	size_t got = 0;

	while (got < bytes) {
		ssize_t now = read(fd, (char *)to + got, bytes - got);

		if (now < 0 && errno == EINTR)
			continue;
		if (now <= 0)
			break;
		got += (size_t)now;
	}
	return (ssize_t)got;
}

/* The addresses that the child gets, in one write of less than PIPE_BUF. Empty: there is none.
 */
struct addresses {
	char bootstrap[sizeof(((struct launched *)0)->bootstrap)];
	char relay[32];
};

/* False: the parent gave up, or has ended. */
static bool child_wait(int fd, struct addresses *told)
{
	return read_fully(fd, told, sizeof(*told)) == (ssize_t)sizeof(*told);
}

static _Noreturn void child_exec(const struct launch *launch, const struct relay *relay,
				 struct pipes *pipes)
{
	struct addresses told;
	struct hostenv env = {.dir = launch->dir,
			      .redirect_ports = launch->redirect_ports,
			      .goes_first = launch->goes_first};
	int error;

	/* The parent's end must close when the parent dies. */
	close(pipes->address[1]);
	close(pipes->failure[0]);
	if (!child_wait(pipes->address[0], &told))
		_exit(127);
	env.bootstrap = told.bootstrap[0] ? told.bootstrap : NULL;
	env.relay = told.relay[0] ? told.relay : NULL;
	errno = ENOMEM;
	if (hostenv_apply(&env) &&
	    (!env.bootstrap || hostenv_fill_in(launch->argv, env.bootstrap))) {
		relay_restore(relay);
		execvp(launch->argv[0], launch->argv);
	}
	error = errno;
	/* A pipe takes four bytes at once or not at all. */
	if (write(pipes->failure[1], &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* Field 22, counted from the last ')': the name may contain spaces and parentheses. */
static uint64_t start_ticks_of(pid_t pid)
{
	char path[64], text[1024];
	unsigned long long ticks = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (got <= 0)
		return 0;
	text[got] = '\0';
	char *at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, "%llu", &ticks) == 1 ? ticks : 0;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void address_tell(const struct pipes *pipes, const struct launched *out)
{
	struct addresses addresses = {0};

	memcpy(addresses.bootstrap, out->bootstrap, sizeof(addresses.bootstrap));
	if (out->prove)
		snprintf(addresses.relay, sizeof(addresses.relay), "%s",
			 prove_address(out->prove));
	/* If the child was killed meanwhile, that is noticed when it is reaped. */
	ssize_t told = write(pipes->address[1], &addresses, sizeof(addresses));

	(void)told;
}

static void host_wait(const struct pipes *pipes, struct launched *out)
{
	int error = 0;

	if (read_fully(pipes->failure[0], &error, sizeof(error)) == sizeof(error))
		out->exec_error = error;
	out->reaped = relay_wait(out->pid, &out->wait_status, &out->signals_got);
	out->ended_ns = now_ns();
	if (out->prove)
		prove_end(out->prove, init_is_ours());
	if (init_is_ours())
		init_end(&out->left);
}

static bool parent_run(const struct launch *launch, struct pipes *pipes, struct launched *out,
		       char *why, size_t why_bytes)
{
	struct broker *broker = NULL;

	close(pipes->address[0]);
	close(pipes->failure[1]);
	out->start_ticks = start_ticks_of(out->pid);
	/* Before the broker, which starts threads. */
	if (launch->proves)
		out->prove = prove_start(launch->dir->traces, launch->dir->run, out->unproven,
					 sizeof(out->unproven));
	if (out->prove)
		out->unproven[0] = '\0';
	if (launch->broker) {
		broker = broker_start(launch->broker, why, why_bytes);
		if (broker)
			snprintf(out->bootstrap, sizeof(out->bootstrap), "%s",
				 broker_bootstrap(broker));
	}
	bool going = broker || !launch->broker;
	if (going)
		address_tell(pipes, out);
	/* The child ends by itself when it reads the end of the pipe. */
	close(pipes->address[1]);
	host_wait(pipes, out);
	close(pipes->failure[0]);
	if (broker) {
		broker_end(broker);
		broker_unserved(broker, out->unserved, sizeof(out->unserved));
	}
	broker_stop(broker);
	return going;
}

static bool pipes_make(struct pipes *pipes)
{
	if (pipe2(pipes->address, O_CLOEXEC) != 0)
		return false;
	if (pipe2(pipes->failure, O_CLOEXEC) == 0)
		return true;
	close(pipes->address[0]);
	close(pipes->address[1]);
	return false;
}

void launch_reserve_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

bool launch_run(const struct launch *launch, struct launched *out, char *why, size_t why_bytes)
{
	struct pipes pipes;
	struct relay relay;

	*out = (struct launched){0};
	if (!pipes_make(&pipes)) {
		snprintf(why, why_bytes, "cannot make a pipe: %s", strerror(errno));
		return false;
	}
	relay_begin(&relay);
	out->pid = fork();
	if (out->pid == 0)
		child_exec(launch, &relay, &pipes);
	if (out->pid < 0) {
		snprintf(why, why_bytes, "cannot fork: %s", strerror(errno));
		return false;
	}
	return parent_run(launch, &pipes, out, why, why_bytes);
}
