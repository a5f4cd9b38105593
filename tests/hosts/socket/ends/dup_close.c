/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dup_close.c - one connection under many numbers, and many under one.
 *
 * dup, dup2, F_DUPFD, fdopen + fclose, close_range, and the reuse of a
 * number by a file and by another connection. Prints what every step says,
 * errno included.
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <errno.h>
#include <fcntl.h>

static void say(const char *step, long result)
{
	printf("%s: %ld, errno %d\n", step, result, errno);
}

static void one_connection_many_numbers(const struct peer *peer)
{
	int fd = peer_connect(peer, 0);
	int copy = dup(fd);
	int third = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	int over = dup2(fd, 200);
	FILE *stream;

	errno = 4711;
	say("first close", close(fd));
	say("send by dup", send(copy, "dup", 3, 0));
	say("write by F_DUPFD", write(third, "third", 5));
	say("write by dup2", write(over, "over", 4));
	say("close_range", close_range(100, 200, 0));
	say("send after close_range", send(third, "x", 1, 0));
	errno = 4711;
	stream = fdopen(copy, "w");
	fputs("stream", stream);
	say("fclose", fclose(stream));
	say("send after fclose", send(copy, "x", 1, 0));
	errno = 4711;
}

static void one_number_many_things(const struct peer *peer)
{
	int fd = peer_connect(peer, 0);
	int file;

	say("send", send(fd, "first", 5, 0));
	say("close", close(fd));
	file = open("/dev/null", O_WRONLY);
	/* It has the number again, if the peer, which accepts in this process, was not quicker.
	 */
	say("write to the file", write(file, "0123456789", 10));
	say("send to the file", send(file, "x", 1, 0));
	errno = 4711;
	fd = peer_connect(peer, 0);
	say("dup2 over the file", dup2(fd, file) == file);
	say("send by the file's number", send(file, "second", 6, 0));
	say("close", close(fd));
	say("close", close(file));
	say("close again", close(file));
}

int main(void)
{
	struct peer first = {0}, second = {0};

	peer_start(&first, 0);
	one_connection_many_numbers(&first);
	peer_wait(&first);
	printf("first peer received %zu\n", first.received_bytes);
	/* Two connections: the peer serves one, the other waits in its backlog. */
	peer_start(&second, 0);
	one_number_many_things(&second);
	peer_wait(&second);
	printf("second peer received %zu\n", second.received_bytes);
	return 0;
}
