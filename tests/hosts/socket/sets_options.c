/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets_options.c - every setting of a socket's send side; prints what it got.
 *
 * "huge" asks for a send buffer of 1 GB, which no system grants; "modest" for 8 KB;
 * "forced" for 1 GB by SO_SNDBUFFORCE, which root is granted (77: it is not).
 * "after" sets them when the connection is there, else before.
 * sets_options huge|modest|forced [after]
 * links: threads
 */
#include "peer.h"
#include <netinet/tcp.h>

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) != 0)
		perror("setsockopt");
}

static void force(int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) != 0)
		exit(77);
}

static void set_all(int fd, int bytes, int forced)
{
	struct timeval timeout = {.tv_sec = 7};
	struct linger linger = {.l_onoff = 1, .l_linger = 3};

	if (forced)
		force(fd, bytes);
	else
		set(fd, SOL_SOCKET, SO_SNDBUF, bytes);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_CORK, 1);
	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 9000);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

int main(int argc, char **argv)
{
	int bytes = argc > 1 && strcmp(argv[1], "modest") != 0 ? 1000000000 : 8192;
	int forced = argc > 1 && strcmp(argv[1], "forced") == 0;
	int after = argc > 2, got = 0;
	socklen_t length = sizeof(got);
	struct peer peer = {0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)argv;
	peer_start(&peer, 0);
	if (!after)
		set_all(fd, bytes, forced);
	if (connect(fd, (const struct sockaddr *)&peer.address, sizeof(peer.address)) != 0)
		return 2;
	if (after)
		set_all(fd, bytes, forced);
	getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &length);
	printf("%d\n", got);
	if (send(fd, "x", 1, MSG_NOSIGNAL) != 1)
		return 2;
	close(fd);
	peer_wait(&peer);
	return 0;
}
