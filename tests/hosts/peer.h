/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer.h - a server in the host's own process, for hosts that only move bytes.
 *
 * It takes one connection, waits as long as it is told, sends `greeting`
 * bytes if asked, and then reads to the end of the stream, counting. With
 * `after_full` it begins to wait when the sender, the main thread, is held up:
 * however slow the machine, it is for as long as the peer waits, or longer.
 */
#ifndef PEER_H
#define PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct peer {
	int listener;
	int reads_after_ms;
	int after_full;
	int sender; /* once it is connected; else 0 */
	size_t greeting_bytes;
	size_t received_bytes;
	int was_reset;
	pthread_t thread;
	struct sockaddr_in address;
};

/* Asked past libc: nobody takes it for a question of the sender's. */
static inline int peer_sees_room(int sender)
{
	struct pollfd asked = {.fd = sender, .events = POLLOUT};
	struct timespec now = {0};

	return sender == 0 || syscall(SYS_ppoll, &asked, 1, &now, NULL, 0) != 0;
}

/* Whether the main thread sleeps in the kernel. */
static inline int peer_sender_sleeps(void)
{
	char line[256] = "", *state;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/self/task/%d/stat", (int)getpid());
	file = fopen(line, "re");
	if (!file || !fgets(line, sizeof(line), file))
		exit(2);
	fclose(file);
	state = strrchr(line, ')');
	return state && state[2] == 'S';
}

/* Until the sender has slept before a full buffer for a while: the last acknowledgements,
 * which make room once more, have come by then. */
static inline void peer_await_full(const struct peer *peer)
{
	for (int held_up = 0; held_up < 250; held_up++) {
		usleep(1000);
		if (peer_sees_room(__atomic_load_n(&peer->sender, __ATOMIC_ACQUIRE)) ||
		    !peer_sender_sleeps())
			held_up = 0;
	}
}

static inline void *peer_serve(void *argument)
{
	struct peer *peer = argument;
	static char bytes[65536];
	int fd = accept(peer->listener, NULL, NULL);
	ssize_t got;

	if (peer->greeting_bytes)
		send(fd, bytes, peer->greeting_bytes, MSG_NOSIGNAL);
	if (peer->after_full)
		peer_await_full(peer);
	usleep((useconds_t)peer->reads_after_ms * 1000);
	while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		peer->received_bytes += (size_t)got;
	peer->was_reset = got < 0;
	close(fd);
	return NULL;
}

static inline void peer_listen(struct peer *peer, int receive_buffer)
{
	socklen_t length = sizeof(peer->address);

	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (receive_buffer)
		setsockopt(peer->listener, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
			   sizeof(receive_buffer));
	peer->address.sin_family = AF_INET;
	peer->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(peer->listener, (struct sockaddr *)&peer->address, length) != 0 ||
	    listen(peer->listener, 8) != 0 ||
	    getsockname(peer->listener, (struct sockaddr *)&peer->address, &length) != 0) {
		perror("peer");
		exit(2);
	}
}

static inline void peer_start(struct peer *peer, int receive_buffer)
{
	peer_listen(peer, receive_buffer);
	if (pthread_create(&peer->thread, NULL, peer_serve, peer) != 0) {
		perror("peer");
		exit(2);
	}
}

/* A connection to the peer; send_buffer 0 leaves the kernel's choice. */
static inline int peer_connect(const struct peer *peer, int send_buffer)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (send_buffer)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	if (connect(fd, (const struct sockaddr *)&peer->address, sizeof(peer->address)) != 0) {
		perror("connect");
		exit(2);
	}
	return fd;
}

static inline void peer_wait(struct peer *peer)
{
	pthread_join(peer->thread, NULL);
	close(peer->listener);
}

#endif
