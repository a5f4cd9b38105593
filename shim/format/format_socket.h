/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_socket.h - TCP connections.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_SOCKET_H
#define UNFLUSHED_FORMAT_SOCKET_H

#include "format/format_word.h"

enum trace_socket_state {
	SOCKET_FREE = 0,
	SOCKET_CONNECTING = 1,
	SOCKET_OPEN = 2,
	SOCKET_CLOSED = 3,
};

enum trace_socket_flag {
	SOCKET_KAFKA = 1 << 0,
	SOCKET_TLS = 1 << 1,
	SOCKET_ACCEPTED = 1 << 2,     /* the peer connected to us */
	SOCKET_INHERITED = 1 << 3,    /* connected before the guest first saw it */
	SOCKET_BLOCKING = 1 << 4,     /* at the last stall */
	SOCKET_BUFFER_FIXED = 1 << 5, /* SO_SNDBUF was set: no autotuning */
	SOCKET_NODELAY = 1 << 6,
	SOCKET_LINGER_ZERO = 1 << 7,
	SOCKET_SHUT = 1 << 8,	    /* shutdown(SHUT_WR or SHUT_RDWR) */
	SOCKET_STALLED = 1 << 9,    /* a stall is going on */
	SOCKET_WIRE_LOST = 1 << 10, /* decoder lost the frames: unknown from here */
	SOCKET_REDIRECTED = 1 << 11,
	SOCKET_CORKED = 1 << 12,
	SOCKET_RESET = 1 << 13,	    /* EPIPE or ECONNRESET came back */
	SOCKET_UNDER_WAY = 1 << 14, /* at the end the peer had room for unsent_bytes */
	SOCKET_SHARED = 1 << 15,  /* another process may have it: a close here may not end it */
	SOCKET_DIVERTS = 1 << 20, /* its first write shows whether it is to be diverted */
	SOCKET_DIVERTED = 1 << 21, /* it goes through the relay of `run --prove`: the peer in
				    * its row is the broker that the relay connects to */
	SOCKET_BEHIND = 1 << 16,   /* the last acks=0 Produce is behind a request that has not
				    * been answered: while that is so, an end is a reset */
};

/* What caused a stall: `cause` of EVENT_STALL_END. */
enum trace_stall_cause {
	CAUSE_UNKNOWN = 0, /* ended too soon after the last look, or was cut short */
	CAUSE_RECEIVER = 1,
	CAUSE_SEND_BUFFER = 2,
	CAUSE_NETWORK = 3,
	CAUSE_NOTSENT_LOWAT = 4, /* TCP_NOTSENT_LOWAT was reached, the buffer had room */
};

enum trace_socket_end {
	END_NONE = 0,
	END_CLOSE = 1,
	END_RESET = 2,	  /* the peer reset it before we closed */
	END_PROCESS = 3,  /* open when the process ended: sampled at exit */
	END_REPLACED = 4, /* dup2 or exec's close-on-exec over it */
};

#define TRACE_FILL_BUCKETS 24 /* 5 % each; the last takes 115 % and more */

struct trace_socket {
	uint32_t state;
	uint32_t flags;	     /* bits of enum trace_socket_flag */
	uint32_t generation; /* times this row was used again */
	int32_t fd;

	/* What every write changes: with the above one cache line. */
	int64_t write_began_ns; /* a write call that has not come back; -1 it has, and is
				 * being counted; 0 none. Not 0 at the end: the kernel may
				 * have taken more than was counted. */
	uint64_t offered_bytes; /* each byte once, also if a short write left it for the next */
	uint64_t accepted_bytes;
	uint64_t writes;
	int64_t written_last_ns;
	uint32_t frame_at; /* bytes of the current request accepted so far */
	uint32_t producer; /* row of SECTION_PRODUCER plus 1; 0 unknown */

	uint8_t local_address[16]; /* IPv4 is mapped into IPv6 */
	uint8_t peer_address[16];
	uint16_t local_port; /* host order; 0 unknown */
	uint16_t peer_port;
	trace_string broker; /* "host:port/id" as the client names it */
	trace_string client_id;
	uint32_t dups; /* descriptors that name this socket */
	int64_t opened_ns;
	int64_t connected_ns;
	int64_t closed_ns;

	/* Settings. */
	int32_t buffer_requested; /* TRACE_UNKNOWN = not asked for */
	int32_t buffer_effective; /* as read back; TRACE_UNKNOWN */
	int32_t linger_seconds;	  /* TRACE_UNKNOWN = off */
	int32_t connect_error;	  /* errno; 0 */

	/* Bytes. */
	uint64_t short_writes;
	uint64_t eagain;
	uint64_t write_errors;
	uint64_t received_bytes;
	uint64_t eagain_spins; /* EAGAIN right after EAGAIN, no wait between */

	/* Stalls (DESIGN: taken less than offered, until progress). */
	uint64_t stalls;
	uint64_t stalled_ns;
	uint64_t stall_longest_ns;
	int64_t stall_began_ns; /* 0 = none going on */
	uint64_t stalled_send_buffer_ns;
	uint64_t stalled_receiver_ns;
	uint64_t stalled_network_ns;

	/* Fill: wmem_queued / sndbuf when sampled, in 5 % steps. */
	uint64_t fill_samples;
	uint32_t fill_max_permille;
	uint32_t fill[TRACE_FILL_BUCKETS];

	/* Kafka frames, as far as the decoder can follow. */
	uint32_t frame_bytes;  /* of the current request with its length field; 0 none */
	int32_t frame_api;     /* enum kafka_api, or any other key; TRACE_UNKNOWN */
	int32_t frame_records; /* records of the current request so far */
	uint64_t requests;     /* whole requests accepted, any API */
	uint64_t responses;
	uint64_t produce_requests; /* whole Produce requests accepted */
	uint64_t produce_records;  /* in them; of magic 2 batches */
	uint64_t produce_bytes;
	uint64_t produce_unanswerable; /* with acks=0: no response will come */
	uint64_t produce_unanswerable_records;
	uint64_t produce_answered; /* responses to Produce */
	uint64_t produce_answered_records;
	uint64_t produce_refused;   /* answered with an error in a partition */
	uint64_t produce_uncounted; /* whole requests whose records are unknown */
	int32_t produce_acks;	    /* of the last Produce; TRACE_UNKNOWN */
	int32_t produce_error;	    /* the last error code answered; 0 */
	uint32_t uncounted_answers; /* answers to requests that left the window */
	uint32_t end;		    /* enum trace_socket_end */
	int64_t produce_last_ns;    /* last whole Produce accepted */

	/* The end, sampled before the close; TRACE_UNKNOWN if not. */
	int32_t unsent_bytes;	 /* SIOCOUTQ: not yet acknowledged by the peer's TCP */
	int32_t unread_bytes;	 /* FIONREAD */
	uint64_t latency_max_us; /* Produce written to answered */
	uint32_t latency[TRACE_HISTOGRAM];

	uint32_t rtt_us;	  /* tcpi_rtt when a stall was last looked into; 0 unknown */
	uint32_t flight_bytes;	  /* largest tcpi_delivery_rate x tcpi_rtt then; 0 unknown */
	uint32_t send_timeout_ms; /* SO_SNDTIMEO; 0 none */
	uint32_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0 the kernel's own */
	uint32_t notsent_lowat;	  /* TCP_NOTSENT_LOWAT; 0 none */
	uint32_t nagle_waits;	  /* small writes that Nagle held back until a delayed ACK */
	/* Of the client id as it was sent, of which `client_id` is the first 64 bytes. */
	uint32_t client_id_hash;  /* FNV-1a of 32 bits */
	uint32_t client_id_bytes; /* 0: not known, or there is none */
};

/* Bit of `compatible`: the columns under "What settings led to" are filled in. */
#define TRACE_HAS_CONSEQUENCES (1u << 2)

/*
 * The rest of a socket; row n belongs to row n of SECTION_SOCKET. others_*: what all
 * threads but the socket's first writer and first reader have done to it (they add
 * to the socket's row with plain stores); totals are the sum of both.
 */
struct trace_socket_more {
	uint32_t state;
	int32_t queued_bytes; /* SIOCOUTQ when last asked; TRACE_UNKNOWN never was */
	int64_t queued_ns;    /* when that was */
	uint64_t others_offered_bytes;
	uint64_t others_accepted_bytes;
	uint64_t others_writes;
	uint64_t others_received_bytes;
	int64_t unseen_bytes; /* bytes that TCP took beyond those counted; -1 unknown */
	int32_t queued_held;  /* of queued_bytes: the peer had no room for them */
	uint32_t flags;	      /* bits of enum trace_socket_more_flag */
	int64_t queued_room;  /* so much more the peer had room for then, or QUEUED_UNREAD */
	uint64_t queued_accepted; /* bytes accepted until then */

	/* What settings led to (TRACE_HAS_CONSEQUENCES). */
	int64_t wait_began_ns;	     /* since then a thread waits for POLLOUT; 0 none does */
	uint64_t stalled_lowat_ns;   /* by CAUSE_NOTSENT_LOWAT */
	uint64_t send_timeout_bytes; /* offered to sends that gave up, and not taken */
	uint32_t send_timeouts;	     /* sends that gave up after SO_SNDTIMEO */
	uint32_t cork_waits;	     /* times TCP_CORK held the end of what was written */
	uint32_t cork_held_ms;	     /* for so long in all */
	uint32_t cork_left_bytes;    /* held when the connection ended */
	int32_t error;		     /* errno that ended the connection; 0: none */
	uint32_t error_after_ms;     /* of the last write that went */
};

#define QUEUED_UNREAD (-1) /* answers were there that the host had not read */

enum trace_socket_more_flag {
	SOCKET_BUFFER_FORCED = 1 << 0, /* by SO_SNDBUFFORCE, which no limit caps */
	SOCKET_FOUND_AT_END = 1 << 1,  /* a connection that no call seen had made */
	SOCKET_SEND_GAVE_UP = 1 << 2,  /* nothing was taken after the last send_timeouts */
	SOCKET_ALERT_LEFT = 1 << 3,    /* unsent_bytes are TLS's closing alert, and no data */
};

/*
 * What the client has told of a connection; row n belongs to row n of SECTION_SOCKET. Of
 * librdkafka's clients: others say nothing of single requests.
 */
struct trace_socket_told {
	uint32_t state;
	uint32_t spare_word;
	uint64_t requests; /* that were written whole, of any API */
	/* Bytes that the kernel had taken when the last of them was told. Stored after the
	 * producer's own counts of it: what was taken since may be one more request. */
	uint64_t accepted_bytes;
	uint8_t spare[8];
};

TRACE_SIZE_IS(trace_socket, 1024);
TRACE_SIZE_IS(trace_socket_more, 128);
TRACE_SIZE_IS(trace_socket_told, 32);

#endif
