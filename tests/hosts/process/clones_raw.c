/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clones_raw.c - a child that no libc call makes, and that sends while its parent sends.
 *
 * fork, fork3  clone() or clone3() by system call: a copy of the process
 * memory       a process of its own on the parent's memory, with the parent's thread pointer
 * thread       a thread that libc does not know, with the same thread pointer as main
 * Both send 1,000 times on a connection each; the thread on one in common, too ("common").
 * Says how much of it was taken.
 * clones_raw HOW HOST:PORT
 * links:
 */
#define _GNU_SOURCE
#include "frame.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMES 1000
#define PIECE 100

struct sent {
	long bytes[2];
	int over;
};

static struct sent *sent; /* a copy of the process has it, too */
static int connections[2];
static char stack[262144] __attribute__((aligned(16)));

static bool is(const char *word, const char *than)
{
	return strcmp(word, than) == 0;
}

static void send_all(int who)
{
	static const char piece[PIECE];

	for (int i = 0; i < TIMES; i++) {
		ssize_t took = send(connections[who], piece, PIECE, MSG_NOSIGNAL);

		sent->bytes[who] += took > 0 ? took : 0;
	}
}

static int child(void *ends_thread)
{
	send_all(1);
	__atomic_store_n(&sent->over, 1, __ATOMIC_RELEASE);
	if (ends_thread)
		syscall(SYS_exit, 0); /* of this thread alone */
	_exit(0);
}

static void copy_make(const char *how)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long pid = is(how, "fork3") ? syscall(SYS_clone3, &args, sizeof(args))
				    : syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid < 0) {
		perror(how);
		exit(77);
	}
	if (pid == 0)
		child(NULL);
}

static void child_make(const char *how)
{
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND;

	if (is(how, "fork") || is(how, "fork3"))
		copy_make(how);
	else if (is(how, "memory"))
		clone(child, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	else
		clone(child, stack + sizeof(stack), flags | CLONE_THREAD | CLONE_SYSVSEM,
		      stack);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	char other[64];

	snprintf(other, sizeof(other), "%s", argv[2]);
	sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
	connections[0] = frame_connect(argv[2], 0);
	connections[1] = is(argv[1], "common") ? connections[0] : frame_connect(other, 0);
	child_make(argv[1]);
	send_all(0);
	while (!__atomic_load_n(&sent->over, __ATOMIC_ACQUIRE))
		usleep(1000);
	while (wait(NULL) > 0)
		;
	printf("main sent %ld, the child %ld\n", sent->bytes[0], sent->bytes[1]);
	return 0;
}
