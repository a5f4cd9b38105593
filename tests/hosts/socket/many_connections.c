/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many_connections.c - so many connections at once, 64 bytes on each, twice.
 *
 * A child of its own accepts and reads them. Says how many bytes arrived.
 * many_connections COUNT
 * links:
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int listener, int count, int report)
{
	int *fds = calloc((size_t)count, sizeof(int));
	long received = 0;
	char bytes[4096];
	ssize_t got;

	for (int i = 0; i < count; i++)
		fds[i] = accept(listener, NULL, NULL);
	for (int i = 0; i < count; i++)
		while ((got = read(fds[i], bytes, sizeof(bytes))) > 0)
			received += got;
	_exit(write(report, &received, sizeof(received)) != sizeof(received));
}

static int connect_one(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 600, report[2];
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int *fds = calloc((size_t)count, sizeof(int));
	struct rlimit limit;
	static const char bytes[64];
	long received = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    listen(listener, 4096) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
	    pipe(report) != 0)
		return 2;
	if (fork() == 0)
		serve(listener, count, report[1]);
	for (int i = 0; i < count; i++)
		fds[i] = connect_one(&address);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < count; i++)
			if (send(fds[i], bytes, sizeof(bytes), MSG_NOSIGNAL) != sizeof(bytes))
				return 2;
	for (int i = 0; i < count; i++)
		close(fds[i]);
	if (read(report[0], &received, sizeof(received)) != sizeof(received))
		return 2;
	wait(NULL);
	printf("received %ld\n", received);
	return 0;
}
