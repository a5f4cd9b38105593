/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.c - see prove.h.
 */
#include "prove/prove.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prove/loop.h"

#define DONE_MOST_MS 10000
#define BACKLOG 512

struct prove {
	pid_t pid;
	int listener, control[2], done[2];
	char address[32];
	struct proof_board *proof; /* shared with the relay */
	bool broke;
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool listen_somewhere(struct prove *prove)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(at);

	prove->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (prove->listener < 0 || bind(prove->listener, (struct sockaddr *)&at, bytes) != 0 ||
	    listen(prove->listener, BACKLOG) != 0 ||
	    getsockname(prove->listener, (struct sockaddr *)&at, &bytes) != 0)
		return false;
	snprintf(prove->address, sizeof(prove->address), "127.0.0.1:%u", ntohs(at.sin_port));
	return true;
}

static bool run_number(const char *digits, uint8_t run[16])
{
	for (int i = 0; i < 16; i++) {
		unsigned value;

		if (sscanf(digits + 2 * i, "%2x", &value) != 1)
			return false;
		run[i] = (uint8_t)value;
	}
	return true;
}

/* Closes the descriptors from `first` to `last`, of which not all need exist. */
static void keep_none(int first, int last)
{
	long most = sysconf(_SC_OPEN_MAX);

	/* glibc has a function for it from 2.34 on, the kernel the call from 5.9 on. */
	if (syscall(__NR_close_range, (unsigned)first, (unsigned)last, 0) == 0)
		return;
	for (int fd = first; fd <= last && fd < most; fd++)
		close(fd);
}

/* Closes all other descriptors that were inherited: a reader of their other ends would
 * otherwise wait for the relay's end, too. */
static void keep_only(const int *kept, size_t count)
{
	int next = STDERR_FILENO + 1;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	for (;;) {
		int least = INT32_MAX;

		for (size_t i = 0; i < count; i++)
			if (kept[i] >= next && kept[i] < least)
				least = kept[i];
		if (least > next)
			keep_none(next, least - 1);
		if (least == INT32_MAX)
			return;
		next = least + 1;
	}
}

static _Noreturn void relay(struct prove *prove, const char *directory, const uint8_t run[16])
{
	struct loop_options options = {.listener = prove->listener,
				       .control = prove->control[0],
				       .done = prove->done[1],
				       .directory = directory,
				       .proof = prove->proof};
	const int kept[] = {options.listener, options.control, options.done};

	/* No signal from the terminal, and none that is for the host. */
	setsid();
	prctl(PR_SET_NAME, "unflushed-relay");
	keep_only(kept, sizeof(kept) / sizeof(kept[0]));
	memcpy(options.run, run, sizeof(options.run));
	loop_run(&options);
	_exit(0);
}

static bool parts_make(struct prove *prove)
{
	prove->proof = mmap(NULL, sizeof(*prove->proof), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (prove->proof == MAP_FAILED) {
		prove->proof = NULL;
		return false;
	}
	return listen_somewhere(prove) && pipe2(prove->control, O_CLOEXEC) == 0 &&
	       pipe2(prove->done, O_CLOEXEC) == 0;
}

struct prove *prove_start(const char *directory, const char *run, char *why, size_t why_bytes)
{
	struct prove *prove = calloc(1, sizeof(*prove));
	uint8_t number[16];

	snprintf(why, why_bytes, "out of memory");
	if (!prove)
		return NULL;
	*prove = (struct prove){
		.pid = -1, .listener = -1, .control = {-1, -1}, .done = {-1, -1}};
	if (parts_make(prove) && run_number(run, number))
		prove->pid = fork();
	if (prove->pid == 0)
		relay(prove, directory, number);
	if (prove->pid < 0) {
		snprintf(why, why_bytes, "%s", strerror(errno));
		prove_free(prove);
		return NULL;
	}
	close_one(&prove->listener);
	close_one(&prove->control[0]);
	close_one(&prove->done[1]);
	return prove;
}

const char *prove_address(const struct prove *prove)
{
	return prove->address;
}

/* The relay reports it by a byte; without one it has ended, or hangs. */
static bool is_done(const struct prove *prove)
{
	struct pollfd done = {.fd = prove->done[0], .events = POLLIN};
	char byte;

	while (poll(&done, 1, DONE_MOST_MS) < 0)
		if (errno != EINTR)
			return false;
	return done.revents & POLLIN && read(prove->done[0], &byte, 1) == 1;
}

void prove_end(struct prove *prove, bool kills)
{
	close_one(&prove->control[1]);
	prove->broke = !is_done(prove);
	/* If it is a zombie it is reaped here; it may also have been reaped already. */
	if ((kills || prove->broke) && waitpid(prove->pid, NULL, WNOHANG) == 0) {
		kill(prove->pid, SIGKILL);
		waitpid(prove->pid, NULL, 0);
	}
}

void prove_tell(const struct prove *prove, struct host *host)
{
	const struct proof_board *proof = prove->proof;

	host->proof_broke = prove->broke || proof->full;
	host->withheld = proof->processes;
	host->withheld_count = __atomic_load_n(&proof->process_count, __ATOMIC_ACQUIRE);
	host->lines = proof->lines;
	host->line_count = __atomic_load_n(&proof->line_count, __ATOMIC_ACQUIRE);
}

void prove_free(struct prove *prove)
{
	if (!prove)
		return;
	close_one(&prove->listener);
	for (int i = 0; i < 2; i++) {
		close_one(&prove->control[i]);
		close_one(&prove->done[i]);
	}
	if (prove->proof)
		munmap(prove->proof, sizeof(*prove->proof));
	free(prove);
}
