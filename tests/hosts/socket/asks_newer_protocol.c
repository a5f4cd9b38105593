/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks_newer_protocol.c - a client that speaks the newest protocol alone.
 *
 * Asks the broker for its versions, in a form that has come later, reads the whole answer and
 * hangs up when it is no use; so many times. With "metadata" it asks for that at once, in a
 * version yet to come, and reads to the end of the stream. With "dies" it does not wait for
 * the answer.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Length, key, version, number, client id "new", and what flexible versions add. */
static const unsigned char versions[] = {0, 0,	 0,   21,  0, 18, 0,   4,   0,	 0, 0,	 1, 0,
					 3, 'n', 'e', 'w', 0, 4,  'n', 'e', 'w', 2, '1', 0};
static const unsigned char metadata[] = {0, 0, 0, 17,  0,   3,	 0, 99, 0, 0, 0,
					 1, 0, 3, 'n', 'e', 'w', 0, 0,	0, 0};

static int connected(char *broker)
{
	char *port = strrchr(broker, ':');
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)atoi(port + 1)),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		exit(3);
	return fd;
}

static void answer_read(int fd)
{
	unsigned char head[4], byte;
	size_t left = 0;

	if (recv(fd, head, sizeof(head), MSG_WAITALL) == sizeof(head))
		left = (size_t)head[2] << 8 | head[3];
	while (left && recv(fd, &byte, 1, 0) == 1)
		left--;
}

int main(int argc, char **argv)
{
	const char *how = argc > 3 ? argv[3] : "";
	const int asks_metadata = strcmp(how, "metadata") == 0;

	if (argc < 3)
		return 2;
	for (int i = 0; i < atoi(argv[2]); i++) {
		int fd = connected(argv[1]);

		if (asks_metadata)
			send(fd, metadata, sizeof(metadata), 0);
		else
			send(fd, versions, sizeof(versions), 0);
		if (strcmp(how, "dies") != 0)
			answer_read(fd);
		close(fd);
	}
	/* Whoever watches has so much time to say it while this runs. */
	if (argc > 4)
		sleep((unsigned)atoi(argv[4]));
	puts("asked");
	return 0;
}
