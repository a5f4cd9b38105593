/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confines_itself.c - a program that gives up rights it does not need, then sends.
 *
 * chroot       to an empty directory, before the connection is made
 * chroot_late  the same, after it
 * descriptors  before the connection: not one more may be opened
 * filter       before it: no file may be made or mapped (EPERM)
 * filter_late  after it: only what sending and ending take; all else is EPERM
 * filter_kills before it: who allocates a file's blocks dies
 * user         before it: becomes nobody
 * Exits 77 where it may not do so.
 * confines_itself HOW HOST:PORT
 */
#define _GNU_SOURCE
#include "frame.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void give_up(const char *what)
{
	perror(what);
	exit(77);
}

static void root_change(void)
{
	char directory[] = "/tmp/confined-XXXXXX";

	/* Gone at once, so that none is left behind; the root it becomes is empty all the same.
	 */
	if (!mkdtemp(directory) || chdir(directory) != 0 || rmdir(directory) != 0 ||
	    chroot(".") != 0)
		give_up("chroot");
}

#define NOBODY 65534

static void user_change(void)
{
	if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		give_up("setuid");
}

static void descriptors_end(int last)
{
	struct rlimit limit = {(rlim_t)last + 1, (rlim_t)last + 1};

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		give_up("setrlimit");
}

/* Refuses the calls of the list, or all that are not on it. */
static void calls_filter(const int *list, size_t count, unsigned on_list, unsigned otherwise)
{
	struct sock_filter program[64];
	size_t at = 0;

	program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						     offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++) {
		program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							     (unsigned)list[i], 0, 1);
		program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, on_list);
	}
	program[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
	struct sock_fprog filter = {(unsigned short)at, program};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		give_up("seccomp");
}

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static void files_refuse(void)
{
	static const int files[] = {SYS_openat, SYS_fallocate, SYS_mkdirat, SYS_renameat,
				    SYS_ftruncate};

	calls_filter(files, sizeof(files) / sizeof(*files), REFUSED, SECCOMP_RET_ALLOW);
}

static void all_but_sending_refuse(void)
{
	static const int needed[] = {SYS_sendto, SYS_write, SYS_close, SYS_exit_group};

	calls_filter(needed, sizeof(needed) / sizeof(*needed), SECCOMP_RET_ALLOW, REFUSED);
}

static void allocating_kills(void)
{
	static const int deadly[] = {SYS_fallocate};

	calls_filter(deadly, 1, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW);
}

static bool is(const char *how, const char *what)
{
	return strcmp(how, what) == 0;
}

int main(int argc, char **argv)
{
	static char bytes[1000000];
	struct sockaddr_in to = frame_address(argv[argc - 1]);
	const char *how = argv[1];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	size_t sent = 0;
	ssize_t took;

	printf("confined\n");
	fflush(stdout);
	if (is(how, "chroot"))
		root_change();
	if (is(how, "descriptors"))
		descriptors_end(fd);
	if (is(how, "filter"))
		files_refuse();
	if (is(how, "filter_kills"))
		allocating_kills();
	if (is(how, "user"))
		user_change();
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		perror("connect");
	if (is(how, "chroot_late"))
		root_change();
	if (is(how, "filter_late"))
		all_but_sending_refuse();
	errno = 0;
	while (sent < sizeof(bytes) &&
	       (took = send(fd, bytes + sent, sizeof(bytes) - sent, MSG_NOSIGNAL)) > 0)
		sent += (size_t)took;
	printf("errno %d\n", errno);
	printf("close %d\n", close(fd));
	printf("sent %zu\n", sent);
	return 0;
}
