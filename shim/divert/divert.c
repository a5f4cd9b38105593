/* SPDX-License-Identifier: Apache-2.0 */
/*
 * divert.c - see divert.h.
 *
 * TCP sockets can be disconnected and connected again (connect with AF_UNSPEC):
 * the kernel resets the connection, on which nothing has been sent yet, and
 * keeps the socket. All calls are raw. The relay is on this machine, so calls
 * here wait only until the scheduler runs it.
 */
#include "divert/divert.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "format/divert.h"
#include "guest/raw.h"
#include "guest/settings.h"
#include "socket/kernel.h"
#include "trace/map.h"
#include "trace/socket_row.h"

#define CONNECT_MOST_S 2 /* limit for a connect within the machine */
#define PARTS 4		 /* of the host's memory in which the first bytes are looked for */

static bool number_take(const char **at, uint32_t most, char end, uint32_t *value)
{
	const char *from = *at;

	*value = 0;
	while (**at >= '0' && **at <= '9' && *value <= most)
		*value = *value * 10 + (uint32_t)(*(*at)++ - '0');
	return *at != from && *value <= most && *(*at)++ == end;
}

/* "A.B.C.D:PORT". */
static bool relay_find(uint32_t *address, uint32_t *port)
{
	const char *at = guest_settings.prove;

	*address = 0;
	for (int i = 0; i < 4; i++) {
		uint32_t part;

		if (!number_take(&at, 255, i < 3 ? '.' : ':', &part))
			return false;
		*address = *address << 8 | part;
	}
	return number_take(&at, 65535, '\0', port) && *port;
}

/* For an IPv6 socket as an IPv4-mapped address. */
static socklen_t relay_address(sa_family_t family, struct sockaddr_storage *to)
{
	uint32_t address, port;

	memset(to, 0, sizeof *to);
	if (!relay_find(&address, &port))
		return 0;
	address = htonl(address);
	if (family == AF_INET) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)to;

		*v4 = (struct sockaddr_in){.sin_family = AF_INET,
					   .sin_port = htons((uint16_t)port),
					   .sin_addr.s_addr = address};
		return sizeof *v4;
	}
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	memset(v6->sin6_addr.s6_addr + 10, 0xff, 2);
	memcpy(v6->sin6_addr.s6_addr + 12, &address, 4);
	return sizeof *v6;
}

/* ---- whether a connection is to be redirected ---- */

static bool begins_kafka(const struct buffers *buffers)
{
	uint8_t first[WIRE_FIRST_BYTES];
	const struct iovec whole = {(void *)(uintptr_t)buffers->bytes, buffers->offered};
	const struct iovec to = {first, sizeof first};
	size_t parts = buffers->parts_count < PARTS ? buffers->parts_count : PARTS;

	if (!buffers->parts && !buffers->bytes)
		return false;
	/* Read by a system call: the host may pass an invalid pointer, and must get EFAULT for
	 * it. */
	long got = buffers->parts
			   ? RAW_5(SYS_process_vm_readv, RAW_0(SYS_getpid), &to, 1,
				   buffers->parts, parts)
			   : RAW_5(SYS_process_vm_readv, RAW_0(SYS_getpid), &to, 1, &whole, 1);

	return got == (long)sizeof first && wire_begins_request(first);
}

/* False for a link-local address, whose scope id the relay does not get. */
static bool is_told_whole(const struct sockaddr_storage *peer)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)peer;

	return peer->ss_family == AF_INET ||
	       (peer->ss_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr));
}

static bool is_of_v6_alone(int fd)
{
	int only = 1;
	socklen_t bytes = sizeof only;

	return RAW_5(SYS_getsockopt, fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &bytes) != 0 || only;
}

/* No byte was sent or received, and no other process has the connection. */
static bool is_untouched(int fd, const struct trace_socket *row)
{
	return !socket_row_is_set(row, SOCKET_SHARED | SOCKET_INHERITED | SOCKET_ACCEPTED |
					       SOCKET_RESET | SOCKET_SHUT) &&
	       !row->accepted_bytes && !row->received_bytes && socket_unread_bytes(fd) == 0 &&
	       socket_unacked_bytes(fd) == 0;
}

/* Whether the relay can be reached from this process (it may be in another network namespace).
 */
static bool relay_answers(const struct sockaddr_storage *to, socklen_t bytes)
{
	long probe = RAW_3(SYS_socket, to->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (probe < 0)
		return false;
	bool answers = RAW_3(SYS_connect, probe, to, bytes) == 0;

	RAW_1(SYS_close, probe);
	return answers;
}

/* ---- redirecting it ---- */

static bool disconnect(int fd)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};
	int error;
	socklen_t bytes = sizeof error;

	if (RAW_3(SYS_connect, fd, &none, sizeof none) != 0)
		return false;
	/* Clears the error of the guest's own reset, which the host must not see. */
	RAW_5(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
	return true;
}

/* False: it is not connected (yet). */
static bool connect_again(int fd, const struct sockaddr_storage *to, socklen_t bytes)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	struct timespec most = {CONNECT_MOST_S, 0};
	struct sockaddr_storage peer;
	socklen_t peer_bytes = sizeof peer;
	long result = RAW_3(SYS_connect, fd, to, bytes);

	if (result == -EINPROGRESS || result == -EINTR)
		RAW_4(SYS_ppoll, &writable, 1, &most, NULL);
	return RAW_3(SYS_getpeername, fd, &peer, &peer_bytes) == 0;
}

/* Sends the hello before the host's bytes. If that fails, the host's write will fail, too. */
static void greet(int fd, const struct trace_socket *row)
{
	const struct trace_process *process = trace->process;
	struct divert_hello hello = {
		.magic = DIVERT_MAGIC,
		.pid = process->pid,
		.socket = socket_row_index(row),
		.start_ticks = process->start_ticks,
		.monotonic_ns = process->monotonic_ns,
		.peer_port = row->peer_port,
	};

	memcpy(hello.run, trace->header->run, sizeof hello.run);
	memcpy(hello.peer_address, row->peer_address, sizeof hello.peer_address);
	raw_call6(SYS_sendto, fd, (long)&hello, sizeof hello, MSG_NOSIGNAL | MSG_DONTWAIT, 0,
		  0);
}

static void divert(int fd, struct trace_socket *row, const struct sockaddr_storage *peer,
		   socklen_t peer_bytes)
{
	struct sockaddr_storage to;
	socklen_t bytes = relay_address(peer->ss_family, &to);

	if (!bytes || (peer->ss_family == AF_INET6 && is_of_v6_alone(fd)) ||
	    !relay_answers(&to, bytes))
		return;
	socket_addresses(fd, row); /* the broker's address, which the row keeps from here on */
	if (!disconnect(fd))
		return;
	if (connect_again(fd, &to, bytes)) {
		socket_row_set(row, SOCKET_DIVERTED);
		greet(fd, row);
	} else if (disconnect(fd)) {
		/* This socket cannot reach the relay (it is bound to an interface, say). */
		connect_again(fd, peer, peer_bytes);
	}
	socket_addresses(fd, row);
}

void divert_look(int fd, struct trace_socket *row, struct buffers buffers)
{
	struct sockaddr_storage peer;
	socklen_t bytes = sizeof peer;

	/* Not connected yet: this write will fail, and the host will write again. */
	if (RAW_3(SYS_getpeername, fd, &peer, &bytes) != 0)
		return;
	socket_row_clear(row, SOCKET_DIVERTS);
	if (is_told_whole(&peer) && is_untouched(fd, row) && begins_kafka(&buffers))
		divert(fd, row, &peer, bytes);
}
