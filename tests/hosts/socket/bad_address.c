/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bad_address.c - hands addresses that cannot be read to calls that refuse
 * them: each must say so, and not crash.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Volatile, so that no compiler knows better. */
static void *volatile nowhere = (void *)8;

static void say(const char *call, long result)
{
	printf("%s: %ld %s\n", call, result, strerror(errno));
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	say("connect", connect(fd, nowhere, sizeof(struct sockaddr_in)));
	say("setsockopt", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, nowhere, sizeof(int)));
	say("sendmsg", sendmsg(fd, nowhere, 0));
	say("writev", writev(fd, nowhere, 3));
	say("recvmsg", recvmsg(fd, nowhere, 0));
	say("sendmmsg", sendmmsg(fd, nowhere, 2, 0));
	say("pipe", pipe(nowhere));
	say("accept", accept(fd, nowhere, nowhere));
	return 0;
}
