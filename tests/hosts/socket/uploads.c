/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uploads.c - sends so many bytes to somewhere, with a send buffer of such a size.
 *
 * uploads HOST PORT BYTES SEND_BUFFER blocking|nonblocking    (buffer 0: the kernel's choice)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char bytes[65536];
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int buffer = atoi(argv[4]);
	long left = atol(argv[3]);

	to.sin_port = htons((uint16_t)atoi(argv[2]));
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	if (buffer)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("connect");
		return 2;
	}
	if (strcmp(argv[argc - 1], "nonblocking") == 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	while (left > 0) {
		size_t want = left < (long)sizeof(bytes) ? (size_t)left : sizeof(bytes);
		ssize_t sent = send(fd, bytes, want, MSG_NOSIGNAL);
		struct pollfd polled = {.fd = fd, .events = POLLOUT};

		if (sent > 0)
			left -= sent;
		else if (sent < 0 && errno == EAGAIN)
			poll(&polled, 1, 10000);
		else
			break;
	}
	printf("left %ld\n", left);
	close(fd);
	return 0;
}
