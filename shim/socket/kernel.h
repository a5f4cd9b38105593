/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.h - asks the kernel about a socket, by raw calls.
 */
#ifndef UNFLUSHED_SOCKET_KERNEL_H
#define UNFLUSHED_SOCKET_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "format/format.h"

enum socket_kind {
	SOCKET_KIND_OTHER, /* no socket, or not TCP: 100 ns to find out */
	SOCKET_KIND_UNCONNECTED,
	SOCKET_KIND_CONNECTED,
};

enum socket_kind socket_kind(int fd);
bool socket_is_tcp(int fd);
bool socket_number_is_open(int fd);

/* The result of a connect() that did not wait. Reads SO_ERROR, which gives it once: only for a
 * socket that the host will not ask any more. */
enum socket_connect {
	SOCKET_CONNECT_MADE,
	SOCKET_CONNECT_ASKING, /* TCP still asks the peer */
	SOCKET_CONNECT_FAILED, /* *error: errno; 0: it was read before */
};
enum socket_connect socket_connect_state(int fd, int *error);

/* The peer that connect() was asked for: until there is one, it has no other name. */
void socket_peer_asked(struct trace_socket *row, const struct sockaddr *to, socklen_t bytes);

/* Fills in both addresses and ports as far as they are known now. */
void socket_addresses(int fd, struct trace_socket *row);

/* Fills in every setting of the send side as it is now. */
void socket_settings(int fd, struct trace_socket *row);

/* What the kernel holds: bytes not yet acknowledged by the peer's TCP
 * (SIOCOUTQ) and bytes the host has not read (FIONREAD); TRACE_UNKNOWN. */
int32_t socket_unacked_bytes(int fd);
int32_t socket_unread_bytes(int fd);

/* What TCP knows of a connection's sending, as far as this kernel tells. */
struct socket_tcp {
	uint64_t rwnd_limited_us; /* how long the peer's receive window limited sending */
	uint64_t delivery_rate;	  /* bytes a second */
	uint32_t rtt_us;
	uint32_t min_rtt_us;
	bool has_room;		  /* the congestion window would take a quarter more */
	int32_t never_sent_bytes; /* SIOCOUTQNSD: not once sent; or TRACE_UNKNOWN */
	int64_t window_bytes; /* the peer has room for, acknowledged or not; or TRACE_UNKNOWN */
	uint64_t acknowledged_bytes; /* since it was opened, with its SYN */
	bool repeating;		/* a time-out made it send again what is not acknowledged */
	bool is_closed;		/* it is over, by an error */
	uint32_t segment_bytes; /* as many fit a packet */
	uint32_t sent_ago_ms;	/* since it last sent anything of ours */
};

/* Asks TCP_INFO (400 ns; takes the socket's lock, so see stall.h for who may)
 * and SIOCOUTQNSD (190 ns). */
bool socket_tcp(int fd, struct socket_tcp *found);

/* How many bytes more the peer has room for, of whose connection so many are not acknowledged;
 * -1: it has no room for all of these, some had to be sent again, or that is not known. A peer
 * acknowledges up to 40 ms late, and Nagle waits for it to: bytes for which it has room go out
 * with the close, and are no sign of trouble. The others are. */
int64_t socket_tcp_window_left(const struct socket_tcp *tcp, int32_t unacknowledged);
int64_t socket_window_left(int fd, int32_t unacknowledged); /* asks socket_tcp() */

/* Bytes not sent even once (SIOCOUTQNSD); no lock. */
int32_t socket_never_sent_bytes(int fd);

#define FILL_FULL 1000

/* The send buffer's fill (SO_MEMINFO, 220 ns) in 1/1000, or -1. */
int socket_fill(int fd, struct trace_socket *row);

/* Adds a fill, in 1/1000, to the row's histogram; -1: adds nothing. */
void socket_fill_note(struct trace_socket *row, int permille);

/* socket_fill() and socket_fill_note(). */
int socket_fill_sample(int fd, struct trace_socket *row);

/* True if a call on it may block: no O_NONBLOCK (100 ns). */
bool socket_is_blocking(int fd);

/* True when poll() says that the socket is not writable now. */
bool socket_would_block(int fd);

#endif
