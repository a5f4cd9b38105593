/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hands_over.c - a connection that one process begins to write to and another goes on with.
 *
 * How the other comes by it:
 * fork      inherited over fork(); both go on
 * exec      inherited over exec, in the same process
 * scm       passed through a Unix socket to a child that did not have it
 * scm_self  passed through a Unix socket to the process itself: a new number
 * What they send: a Produce request, its first half by the one and the second by
 * the other ("frame"); or the whole by the one while the other only keeps the
 * connection open for a while ("kept"), with input that nobody reads.
 * hands_over fork|exec|scm|scm_self frame|kept HOST:PORT
 */
#define _GNU_SOURCE
#include "frame.h"
#include <fcntl.h>
#include <stdbool.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_US 1500000

static void send_all(int fd, size_t from, size_t to)
{
	ssize_t took;

	while (from < to && (took = send(fd, frame + from, to - from, MSG_NOSIGNAL)) > 0)
		from += (size_t)took;
	if (from < to)
		perror("send");
}

/* What the other process does. */
static void go_on(int fd, const char *what)
{
	size_t size = frame_make(1);

	if (strcmp(what, "frame") == 0)
		send_all(fd, size / 2, size);
	else
		usleep(KEPT_US);
	close(fd);
}

/* The address of a descriptor in a message, as sendmsg(2) has it. */
union passed {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void pass(int through, int fd)
{
	union passed passed = {0};
	struct iovec byte = {"!", 1};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = &passed,
				 .msg_controllen = sizeof(passed)};

	passed.head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&passed.head), &fd, sizeof(fd));
	if (sendmsg(through, &message, 0) != 1)
		perror("sendmsg");
}

static int take(int through)
{
	union passed passed;
	char room;
	struct iovec byte = {&room, 1};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = &passed,
				 .msg_controllen = sizeof(passed)};
	int fd = -1;

	if (recvmsg(through, &message, MSG_CMSG_CLOEXEC) != 1)
		perror("recvmsg");
	memcpy(&fd, CMSG_DATA(&passed.head), sizeof(fd));
	return fd;
}

static pid_t fork_over(int fd, const char *what)
{
	pid_t pid = fork();

	if (pid == 0) {
		go_on(fd, what);
		_exit(0);
	}
	return pid;
}

static void exec_over(int fd, char **argv, const char *what)
{
	char number[16];

	fcntl(fd, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", fd);
	execl("/proc/self/exe", argv[0], "-", what, number, NULL);
	perror("exec");
}

int main(int argc, char **argv)
{
	const char *how = argv[1], *what = argv[2];
	size_t size = frame_make(1);
	bool whole = strcmp(what, "kept") == 0;
	int ends[2], fd;
	pid_t pid = 0;
	char byte;

	if (strcmp(how, "-") == 0) {
		go_on(atoi(argv[3]), what);
		return 0;
	}
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	/* Before the connection is there: it is not inherited. */
	if (strcmp(how, "scm") == 0 && (pid = fork()) == 0) {
		go_on(take(ends[1]), what);
		_exit(0);
	}
	fd = frame_connect(argv[argc - 1], 1000000);
	if (whole)
		recv(fd, &byte, 1, MSG_PEEK);
	send_all(fd, 0, whole ? size : size / 2);
	if (strcmp(how, "fork") == 0)
		pid = fork_over(fd, what);
	else if (strcmp(how, "exec") == 0)
		exec_over(fd, argv, what);
	else
		pass(ends[0], fd);
	/* The other has it before this one gives it up. */
	int again = strcmp(how, "scm_self") == 0 ? take(ends[1]) : -1;

	close(fd);
	if (again >= 0)
		go_on(again, what);
	if (pid)
		waitpid(pid, NULL, 0);
	printf("handed over\n");
	return 0;
}
