/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.c - see kernel.h.
 */
#include "socket/kernel.h"

#include <fcntl.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h> /* more of struct tcp_info than libc's */
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "guest/raw.h"
#include "trace/series.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

#define TCP_STATE_SYN_SENT 2
#define TCP_STATE_CLOSE 7 /* an enum in headers that conflict with these */

/* The kernel's own layout: columns are added at its end and never move. */
_Static_assert(offsetof(struct tcp_info, tcpi_rtt) == 68, "linux/tcp.h");
_Static_assert(offsetof(struct tcp_info, tcpi_bytes_acked) == 120, "linux/tcp.h");
_Static_assert(offsetof(struct tcp_info, tcpi_delivery_rate) == 160, "linux/tcp.h");
_Static_assert(offsetof(struct tcp_info, tcpi_rwnd_limited) == 176, "linux/tcp.h");

static bool option_get(int fd, int level, int name, void *value, socklen_t bytes)
{
	return RAW_5(SYS_getsockopt, fd, level, name, value, &bytes) == 0;
}

bool socket_is_tcp(int fd)
{
	int protocol = 0;

	/* IPPROTO_TCP alone: the subflows of MPTCP cannot be seen. */
	return option_get(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, sizeof protocol) &&
	       protocol == IPPROTO_TCP;
}

bool socket_number_is_open(int fd)
{
	return RAW_3(SYS_fcntl, fd, F_GETFD, 0) >= 0;
}

enum socket_kind socket_kind(int fd)
{
	struct sockaddr_storage peer;
	socklen_t bytes = sizeof peer;

	if (!socket_is_tcp(fd))
		return SOCKET_KIND_OTHER;
	return RAW_3(SYS_getpeername, fd, &peer, &bytes) == 0 ? SOCKET_KIND_CONNECTED
							      : SOCKET_KIND_UNCONNECTED;
}

enum socket_connect socket_connect_state(int fd, int *error)
{
	struct tcp_info info = {0};

	if (socket_kind(fd) == SOCKET_KIND_CONNECTED)
		return SOCKET_CONNECT_MADE;
	if (option_get(fd, IPPROTO_TCP, TCP_INFO, &info, sizeof info) &&
	    info.tcpi_state == TCP_STATE_SYN_SENT)
		return SOCKET_CONNECT_ASKING;
	option_get(fd, SOL_SOCKET, SO_ERROR, error, sizeof *error);
	return SOCKET_CONNECT_FAILED;
}

static void address_take(const struct sockaddr_storage *from, uint8_t address[16],
			 uint16_t *port)
{
	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;

		memset(address, 0, 10);
		memset(address + 10, 0xff, 2);
		memcpy(address + 12, &v4->sin_addr, 4);
		*port = ntohs(v4->sin_port);
	} else if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;

		memcpy(address, &v6->sin6_addr, 16);
		*port = ntohs(v6->sin6_port);
	}
}

void socket_peer_asked(struct trace_socket *row, const struct sockaddr *to, socklen_t bytes)
{
	struct sockaddr_storage address = {0};

	memcpy(&address, to, bytes < sizeof address ? bytes : sizeof address);
	address_take(&address, row->peer_address, &row->peer_port);
}

void socket_addresses(int fd, struct trace_socket *row)
{
	struct sockaddr_storage address;
	socklen_t bytes = sizeof address;

	if (RAW_3(SYS_getsockname, fd, &address, &bytes) == 0)
		address_take(&address, row->local_address, &row->local_port);
	bytes = sizeof address;
	/* The row of a connection that goes through the relay keeps the broker's address. */
	if (!socket_row_is_set(row, SOCKET_DIVERTED) &&
	    RAW_3(SYS_getpeername, fd, &address, &bytes) == 0)
		address_take(&address, row->peer_address, &row->peer_port);
}

static void settings_tcp(int fd, struct trace_socket *row)
{
	int value = 0;

	if (option_get(fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value) && value)
		socket_row_set(row, SOCKET_NODELAY);
	if (option_get(fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value) && value)
		socket_row_set(row, SOCKET_CORKED);
	/* If it is not set, the kernel returns the system's default: all ones, unless changed.
	 */
	if (option_get(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, sizeof value))
		row->notsent_lowat = value == -1 ? 0 : (uint32_t)value;
	if (option_get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value))
		row->user_timeout_ms = (uint32_t)value;
}

void socket_settings(int fd, struct trace_socket *row)
{
	int value = 0;
	struct linger linger = {0, 0};
	struct timeval timeout = {0, 0};

	if (option_get(fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof value))
		row->buffer_effective = value;
	settings_tcp(fd, row);
	if (option_get(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout))
		row->send_timeout_ms =
			(uint32_t)(timeout.tv_sec * 1000 + timeout.tv_usec / 1000);
	if (option_get(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) && linger.l_onoff) {
		row->linger_seconds = linger.l_linger;
		if (linger.l_linger == 0)
			socket_row_set(row, SOCKET_LINGER_ZERO);
	}
}

int32_t socket_unacked_bytes(int fd)
{
	int value = 0;

	return RAW_3(SYS_ioctl, fd, SIOCOUTQ, &value) == 0 ? value : TRACE_UNKNOWN;
}

int32_t socket_never_sent_bytes(int fd)
{
	int value = 0;

	return RAW_3(SYS_ioctl, fd, SIOCOUTQNSD, &value) == 0 ? value : TRACE_UNKNOWN;
}

int32_t socket_unread_bytes(int fd)
{
	int value = 0;

	return RAW_3(SYS_ioctl, fd, FIONREAD, &value) == 0 ? value : TRACE_UNKNOWN;
}

bool socket_tcp(int fd, struct socket_tcp *found)
{
	struct tcp_info info;
	socklen_t bytes = sizeof info;

	/* Fields that an older kernel does not fill in stay 0; with one without rwnd_limited
	 * (before 4.9) no cause of a stall can be found. */
	memset(&info, 0, sizeof info);
	if (RAW_5(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0 ||
	    bytes < offsetof(struct tcp_info, tcpi_rwnd_limited) +
			    sizeof info.tcpi_rwnd_limited)
		return false;
	found->rwnd_limited_us = info.tcpi_rwnd_limited;
	found->delivery_rate = info.tcpi_delivery_rate;
	found->rtt_us = info.tcpi_rtt;
	found->min_rtt_us = info.tcpi_min_rtt;
	found->has_room = (uint64_t)info.tcpi_unacked * 4 < (uint64_t)info.tcpi_snd_cwnd * 3;
	found->never_sent_bytes = socket_never_sent_bytes(fd);
	found->acknowledged_bytes = info.tcpi_bytes_acked;
	found->repeating = info.tcpi_retransmits > 0;
	found->is_closed = info.tcpi_state == TCP_STATE_CLOSE;
	found->segment_bytes = info.tcpi_snd_mss;
	found->sent_ago_ms = info.tcpi_last_data_sent;
	found->window_bytes =
		bytes >= offsetof(struct tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd
			? (int64_t)info.tcpi_snd_wnd
			: TRACE_UNKNOWN;
	return true;
}

bool socket_is_blocking(int fd)
{
	long flags = RAW_3(SYS_fcntl, fd, F_GETFL, 0);

	return flags >= 0 && !(flags & O_NONBLOCK);
}

bool socket_would_block(int fd)
{
	struct pollfd poll = {.fd = fd, .events = POLLOUT};
	struct timespec no_wait = {0, 0};

	return RAW_4(SYS_ppoll, &poll, 1, &no_wait, NULL) == 0;
}

int socket_fill(int fd, struct trace_socket *row)
{
	uint32_t memory[SK_MEMINFO_VARS] = {0};

	if (!option_get(fd, SOL_SOCKET, SO_MEMINFO, memory, sizeof memory) ||
	    !memory[SK_MEMINFO_SNDBUF])
		return -1;
	uint64_t permille =
		(uint64_t)memory[SK_MEMINFO_WMEM_QUEUED] * 1000 / memory[SK_MEMINFO_SNDBUF];

	/* Autotuning changes the size: the present one counts. */
	row->buffer_effective = (int32_t)memory[SK_MEMINFO_SNDBUF];
	return (int)permille;
}

void socket_fill_note(struct trace_socket *row, int permille)
{
	unsigned bucket = (unsigned)permille / 50;

	if (permille < 0)
		return;
	if (bucket >= TRACE_FILL_BUCKETS)
		bucket = TRACE_FILL_BUCKETS - 1;
	__atomic_fetch_add(&row->fill[bucket], 1, __ATOMIC_RELAXED);
	writer_add_shared(&row->fill_samples, 1);
	series_fill((uint32_t)permille);
	if ((uint32_t)permille > row->fill_max_permille)
		row->fill_max_permille = (uint32_t)permille;
}

int socket_fill_sample(int fd, struct trace_socket *row)
{
	int permille = socket_fill(fd, row);

	socket_fill_note(row, permille);
	return permille;
}

int64_t socket_tcp_window_left(const struct socket_tcp *tcp, int32_t unacknowledged)
{
	if (tcp->repeating || unacknowledged < 0)
		return -1;
	if (tcp->window_bytes == TRACE_UNKNOWN)
		return tcp->never_sent_bytes == 0 ? 0 : -1;
	return unacknowledged <= tcp->window_bytes ? tcp->window_bytes - unacknowledged : -1;
}

int64_t socket_window_left(int fd, int32_t unacknowledged)
{
	struct socket_tcp tcp;

	return socket_tcp(fd, &tcp) ? socket_tcp_window_left(&tcp, unacknowledged) : -1;
}
