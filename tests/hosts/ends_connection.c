/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends_connection.c - one Produce request of 100 KB, and then the end, in five ways.
 *
 * close      at once: the kernel goes on sending
 * linger     with SO_LINGER {1, 0}: what is queued is dropped
 * unread     with input that nobody has read: the same, without being asked
 * drain      shutdown(), then wait until the peer has closed
 * exit       without a close
 * ends_connection close|linger|unread|drain|exit HOST:PORT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 100000
#define FRAME_HEAD 47

static unsigned char frame[FRAME_HEAD + BATCH];

static unsigned char *put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		*at++ = (unsigned char)(value >> (8 * i));
	return at;
}

static unsigned char *put_text(unsigned char *at, const char *text)
{
	at = put(at, strlen(text), 2);
	memcpy(at, text, strlen(text));
	return at + strlen(text);
}

/* Produce v3, acks=1, one batch of magic 2 with one record. */
static size_t make_request(void)
{
	unsigned char *at = frame + 4;

	at = put(at, 0, 2); /* Produce */
	at = put(at, 3, 2);
	at = put(at, 1, 4); /* correlation */
	at = put_text(at, "ends");
	at = put(at, 0xffff, 2); /* no transactional id */
	at = put(at, 1, 2);	 /* acks */
	at = put(at, 30000, 4);
	at = put(at, 1, 4);
	at = put_text(at, "end");
	at = put(at, 1, 4);
	at = put(at, 0, 4); /* partition */
	at = put(at, BATCH, 4);
	put(at + 8, BATCH - 12, 4);
	put(at + 16, 2, 1); /* magic */
	put(at + 57, 1, 4); /* records */
	at += BATCH;
	put(frame, (uint64_t)(at - frame - 4), 4);
	return (size_t)(at - frame);
}

static int connect_to(char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int size = 1000000, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *colon = strchr(address, ':');

	*colon = '\0';
	to.sin_port = htons((uint16_t)atoi(colon + 1));
	inet_pton(AF_INET, address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	const char *how = argv[1];
	size_t size = make_request();
	int fd = connect_to(argv[argc - 1]);
	char byte;

	if (strcmp(how, "unread") == 0)
		recv(fd, &byte, 1, MSG_PEEK);
	printf("sent %s\n", send(fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size ? "all" : "less");
	fflush(stdout);
	if (strcmp(how, "exit") == 0)
		_exit(0);
	if (strcmp(how, "linger") == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (strcmp(how, "drain") == 0) {
		shutdown(fd, SHUT_WR);
		while (recv(fd, &byte, 1, 0) > 0)
			;
	}
	close(fd);
	return 0;
}
