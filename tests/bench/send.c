/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.c - nanoseconds per 64-byte send on a loopback connection.
 *
 * A child reads all there is, now and then. "null" writes to /dev/null: a
 * descriptor that is no followed connection. Prints one number.
 * send socket|null [COUNT]
 * links:
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void read_all(int fd)
{
	static char bytes[1 << 20];

	/* Seldom, so that the sender is not charged with waking the reader. */
	while (read(fd, bytes, sizeof(bytes)) > 0)
		usleep(500);
	_exit(0);
}

static int to_socket(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0)
		exit(2);
	if (fork() == 0)
		read_all(accept(listener, NULL, NULL));
	close(listener);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, length) != 0)
		exit(2);
	return fd;
}

static int to_null(void)
{
	return open("/dev/null", O_WRONLY);
}

int main(int argc, char **argv)
{
	int is_null = argc > 1 && strcmp(argv[1], "null") == 0;
	int count = argc > 2 ? atoi(argv[2]) : 1000000;
	int fd = is_null ? to_null() : to_socket();
	char bytes[64] = "0123456789";
	double began;

	for (int i = 0; i < 1000; i++)
		if (write(fd, bytes, sizeof(bytes)) < 0)
			return 1;
	began = now_ns();
	if (is_null) {
		for (int i = 0; i < count; i++)
			if (write(fd, bytes, sizeof(bytes)) < 0)
				return 1;
	} else {
		for (int i = 0; i < count; i++)
			if (send(fd, bytes, sizeof(bytes), 0) < 0)
				return 1;
	}
	printf("%.1f\n", (now_ns() - began) / count);
	close(fd);
	wait(NULL);
	return 0;
}
