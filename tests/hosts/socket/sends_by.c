/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sends_by.c - the same bytes to a peer elsewhere, by each call that can move them.
 *
 * write send sendto sendmsg sendmmsg writev sendfile sendfile64: one connection
 * writev1024   the same, in as many parts as there may be
 * threads      one connection, four threads at once, some of them by a copy's number
 * races        four threads at once, 70 connections each: a number that one closes is
 *              another's at once
 * numbers      300 connections after each other, under the same number
 * others       nothing: all of it to pipes, Unix and datagram sockets
 * pwritev2 splice stdio: calls that are none of a socket's own
 * Prints the number of bytes that the calls said they took.
 * sends_by HOW HOST:PORT
 * links: threads
 */
#define _GNU_SOURCE
#include "frame.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECE 10000
#define PIECES 20
#define THREADS 4
#define CONNECTIONS 300

static char piece[PIECE];
static int fd, copy, file, pipe_ends[2];

static long by_write(void)
{
	return write(fd, piece, PIECE);
}

static long by_send(void)
{
	return send(fd, piece, PIECE, 0);
}

static long by_sendto(void)
{
	return sendto(fd, piece, PIECE, 0, NULL, 0);
}

static struct iovec parts[3] = {{piece, 1}, {piece, 0}, {piece, PIECE - 1}};

static long by_writev_of_many(void)
{
	struct iovec many[1024];

	for (size_t i = 0; i < 1024; i++)
		many[i] = (struct iovec){piece + 9 * i, i < 1023 ? 9 : PIECE - 9 * 1023};
	return writev(fd, many, 1024);
}

static long by_writev(void)
{
	return writev(fd, parts, 3);
}

static long by_pwritev2(void)
{
	return pwritev2(fd, parts, 3, -1, 0);
}

static long by_sendmsg(void)
{
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};

	return sendmsg(fd, &message, 0);
}

static long by_sendmmsg(void)
{
	struct mmsghdr messages[3] = {{.msg_hdr = {.msg_iov = parts, .msg_iovlen = 2}},
				      {.msg_hdr = {.msg_iov = parts + 1, .msg_iovlen = 1}},
				      {.msg_hdr = {.msg_iov = parts + 2, .msg_iovlen = 1}}};
	int sent = sendmmsg(fd, messages, 3, 0);
	long bytes = 0;

	for (int i = 0; i < sent; i++)
		bytes += messages[i].msg_len;
	return bytes;
}

/* Asks for more than the file has. */
static long by_sendfile(void)
{
	off_t offset = 0;

	return sendfile(fd, file, &offset, 2 * PIECE);
}

static long by_sendfile64(void)
{
	off64_t offset = 0;

	return sendfile64(fd, file, &offset, PIECE);
}

static long by_splice(void)
{
	if (write(pipe_ends[1], piece, PIECE) != PIECE)
		return -1;
	return splice(pipe_ends[0], NULL, fd, NULL, PIECE, 0);
}

static long by_stdio(void)
{
	static FILE *stream;

	if (!stream)
		stream = fdopen(copy, "w");
	return fwrite(piece, 1, PIECE, stream) == PIECE && fflush(stream) == 0 ? PIECE : -1;
}

static const struct {
	const char *name;
	long (*send)(void);
} calls[] = {
	{"write", by_write},	   {"send", by_send},
	{"sendto", by_sendto},	   {"writev", by_writev},
	{"sendmsg", by_sendmsg},   {"sendmmsg", by_sendmmsg},
	{"sendfile", by_sendfile}, {"sendfile64", by_sendfile64},
	{"pwritev2", by_pwritev2}, {"splice", by_splice},
	{"stdio", by_stdio},	   {"writev1024", by_writev_of_many},
};

static long sent;

static void count(long bytes)
{
	if (bytes < 0)
		perror("send");
	else
		__atomic_fetch_add(&sent, bytes, __ATOMIC_RELAXED);
}

static void *thread_send(void *number)
{
	for (int i = 0; i < PIECES; i++)
		count(send(number == NULL ? copy : fd, piece, 100, 0));
	return NULL;
}

static void threads_send(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread_send, i % 2 ? &threads[i] : NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void *thread_race(void *address)
{
	char again[64];

	for (int i = 0; i < 70; i++) {
		snprintf(again, sizeof(again), "%s", (char *)address);
		int own = frame_connect(again, 0);

		count(send(own, piece, 100, 0));
		close(own);
	}
	return NULL;
}

static void numbers_race(char *address)
{
	pthread_t threads[THREADS];

	close(copy);
	close(fd);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread_race, address);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void numbers_send(char *address)
{
	char again[64];

	close(copy);
	for (int i = 1; i < CONNECTIONS; i++) {
		count(send(fd, piece, 100, 0));
		close(fd);
		strcpy(again, address);
		fd = frame_connect(again, 0);
	}
	count(send(fd, piece, 100, 0));
}

/* Not one byte of these is TCP's. */
static void others_send(void)
{
	struct sockaddr_in discard = {.sin_family = AF_INET, .sin_port = htons(9)};
	int pair[2], datagrams = socket(AF_INET, SOCK_DGRAM, 0);

	discard.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	connect(datagrams, (struct sockaddr *)&discard, sizeof(discard));
	for (int i = 0; i < PIECES; i++) {
		if (write(pipe_ends[1], piece, 100) != 100 ||
		    send(pair[0], piece, 100, 0) != 100 || write(file, piece, 100) != 100)
			perror("others");
		send(datagrams, piece, 100, 0); /* may be refused: nobody listens */
	}
}

int main(int argc, char **argv)
{
	const char *how = argv[1];
	char address[64];

	snprintf(address, sizeof(address), "%s", argv[argc - 1]);
	fd = frame_connect(argv[argc - 1], 0);
	copy = dup(fd);
	file = memfd_create("piece", 0);
	if (pipe(pipe_ends) != 0 || pwrite(file, piece, PIECE, 0) != PIECE)
		perror("file");
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		for (int j = 0; j < PIECES && strcmp(calls[i].name, how) == 0; j++)
			count(calls[i].send());
	if (strcmp(how, "threads") == 0)
		threads_send();
	if (strcmp(how, "numbers") == 0)
		numbers_send(address);
	if (strcmp(how, "races") == 0)
		numbers_race(address);
	if (strcmp(how, "others") == 0)
		others_send();
	printf("sent %ld\n", sent);
	return 0;
}
