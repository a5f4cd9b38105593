/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reads_aside.c - receives what is of the stream and what is not.
 *
 * 30 bytes of the stream and one urgent one come. The host peeks at the
 * stream, lets the kernel drop 10 bytes of it unseen, reads the other 20,
 * and takes the urgent byte and a transmit timestamp off their own queues.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/net_tstamp.h>
#include <poll.h>

#include "peer.h"

static void say(const char *what, ssize_t result)
{
	printf("%s: %zd, errno %d\n", what, result, result < 0 ? errno : 0);
}

static ssize_t message_take(int fd, size_t room, int flags)
{
	char bytes[512], control[512];
	struct iovec part = {bytes, room};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};

	return recvmsg(fd, &message, flags);
}

int main(void)
{
	int timestamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	struct peer peer = {0};
	struct pollfd waiting = {0};
	char bytes[64] = {0};
	int fd, other;

	peer_listen(&peer, 0);
	fd = peer_connect(&peer, 0);
	other = accept(peer.listener, NULL, NULL);
	send(other, bytes, 30, 0);
	send(other, "!", 1, MSG_OOB);
	waiting = (struct pollfd){.fd = fd, .events = POLLPRI};
	poll(&waiting, 1, 5000);

	say("peek", recv(fd, bytes, sizeof(bytes), MSG_PEEK));
	say("dropped by recv", recv(fd, bytes, 6, MSG_TRUNC));
	say("dropped by recvmsg", message_take(fd, 4, MSG_TRUNC));
	say("peek at what would be dropped", recv(fd, bytes, 20, MSG_TRUNC | MSG_PEEK));
	say("read", recv(fd, bytes, 20, 0));
	say("urgent", recv(fd, bytes, 1, MSG_OOB));

	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &timestamps, sizeof(timestamps));
	send(fd, bytes, 50, 0);
	waiting.events = 0; /* POLLERR comes unasked */
	poll(&waiting, 1, 5000);
	say("timestamp", message_take(fd, 512, MSG_ERRQUEUE) > 0);
	close(other);
	close(fd);
	return 0;
}
