/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - a connection and one Produce request of 100 KB, written by hand.
 *
 * For hosts that speak Kafka without a client, to a peer elsewhere.
 */
#ifndef FRAME_H
#define FRAME_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FRAME_BATCH 100000
#define FRAME_HEAD 47

static unsigned char frame[FRAME_HEAD + FRAME_BATCH];

static inline unsigned char *frame_put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		*at++ = (unsigned char)(value >> (8 * i));
	return at;
}

static inline unsigned char *frame_put_text(unsigned char *at, const char *text)
{
	at = frame_put(at, strlen(text), 2);
	memcpy(at, text, strlen(text));
	return at + strlen(text);
}

/* Produce v3, one batch of magic 2 with one record. */
static inline size_t frame_make(int acks)
{
	unsigned char *at = frame + 4;

	at = frame_put(at, 0, 2); /* Produce */
	at = frame_put(at, 3, 2);
	at = frame_put(at, 1, 4); /* correlation */
	at = frame_put_text(at, "ends");
	at = frame_put(at, 0xffff, 2); /* no transactional id */
	at = frame_put(at, (uint64_t)acks, 2);
	at = frame_put(at, 30000, 4);
	at = frame_put(at, 1, 4);
	at = frame_put_text(at, "end");
	at = frame_put(at, 1, 4);
	at = frame_put(at, 0, 4); /* partition */
	at = frame_put(at, FRAME_BATCH, 4);
	frame_put(at + 8, FRAME_BATCH - 12, 4);
	frame_put(at + 16, 2, 1); /* magic */
	frame_put(at + 57, 1, 4); /* records */
	at += FRAME_BATCH;
	frame_put(frame, (uint64_t)(at - frame - 4), 4);
	return (size_t)(at - frame);
}

static inline struct sockaddr_in frame_address(char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char *colon = strchr(address, ':');

	*colon = '\0';
	to.sin_port = htons((uint16_t)atoi(colon + 1));
	inet_pton(AF_INET, address, &to.sin_addr);
	return to;
}

/* To "HOST:PORT"; send_buffer 0 leaves the kernel's choice. */
static inline int frame_connect(char *address, int send_buffer)
{
	struct sockaddr_in to = frame_address(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (send_buffer)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

#endif
