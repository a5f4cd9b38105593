/* SPDX-License-Identifier: Apache-2.0 */
/*
 * is_refused.c - connects, without waiting, to a port where nobody listens;
 * is told so, and gives up.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t bytes = sizeof address;
	int taken = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	int error = 0;

	/* Bound, and never listening: nobody else gets the number. */
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(taken, (struct sockaddr *)&address, bytes) != 0 ||
	    getsockname(taken, (struct sockaddr *)&address, &bytes) != 0)
		return 2;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (struct sockaddr *)&address, bytes) != 0 && errno == EINPROGRESS) {
		poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 5000);
		bytes = sizeof error;
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
	}
	close(fd);
	return error == ECONNREFUSED ? 0 : 1;
}
