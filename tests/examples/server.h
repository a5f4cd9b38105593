/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - what the examples of sockets leave out of what they show: whom they write to.
 *
 * The server runs in a thread of the program, takes one connection, begins to read when it is
 * told, and answers each request with one byte. A run of a program without Kafka has no verdict
 * (blind), so each of these delivers a message, too.
 */
#ifndef SERVER_H
#define SERVER_H

#include "example.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_BYTES 104

static struct server {
	int listener;
	int reads_after_ms;
	int answers; /* each REQUEST_BYTES */
	size_t received_bytes;
	pthread_t thread;
} server;

static inline void *server_serve(void *nothing)
{
	struct timespec nap = {server.reads_after_ms / 1000,
			       server.reads_after_ms % 1000 * 1000000L};
	int fd = accept(server.listener, NULL, NULL);
	static char bytes[65536];
	ssize_t got;

	(void)nothing;
	nanosleep(&nap, NULL);
	while ((got = recv(fd, bytes, server.answers ? REQUEST_BYTES : sizeof(bytes),
			   server.answers ? MSG_WAITALL : 0)) > 0) {
		server.received_bytes += (size_t)got;
		if (server.answers)
			send(fd, "", 1, MSG_NOSIGNAL);
	}
	close(fd);
	return NULL;
}

/* A connection to a server that reads, and answers, when this time is over. */
static inline int connect_to_server(int reads_after_ms, int answers)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int small = 16384, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	server.reads_after_ms = reads_after_ms;
	server.answers = answers;
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (reads_after_ms)
		setsockopt(server.listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (bind(server.listener, (struct sockaddr *)&address, length) ||
	    listen(server.listener, 1) ||
	    getsockname(server.listener, (struct sockaddr *)&address, &length) ||
	    pthread_create(&server.thread, NULL, server_serve, NULL) ||
	    connect(fd, (struct sockaddr *)&address, length)) {
		perror("server");
		exit(2);
	}
	return fd;
}

/* As small as that, or as large: else the kernel chooses, and lets it grow. */
static inline void fix_send_buffer(int fd, int bytes)
{
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* Waits for the end of the server, which is the end of the connection. */
static inline size_t server_received(void)
{
	pthread_join(server.thread, NULL);
	close(server.listener);
	return server.received_bytes;
}

static inline void deliver_one(const char *brokers)
{
	rd_kafka_t *rk = make_producer(rd_kafka_conf_new(), brokers);

	rd_kafka_producev(rk, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_VALUE((void *)"one", 3),
			  RD_KAFKA_V_END);
	rd_kafka_flush(rk, 60000);
	rd_kafka_destroy(rk);
}

#endif
