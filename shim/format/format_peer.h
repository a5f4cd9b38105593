/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_peer.h - addresses that the process tried to connect to, and how the attempts ended.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_PEER_H
#define UNFLUSHED_FORMAT_PEER_H

#include "format/format_word.h"

/* How an attempt to connect ended: an index into `ends`. */
enum trace_peer_end {
	PEER_CONNECTED = 0,    /* TCP's connection was made */
	PEER_REFUSED = 1,      /* ECONNREFUSED: no process listens on the port */
	PEER_TIMED_OUT = 2,    /* ETIMEDOUT: nothing answered */
	PEER_UNREACHABLE = 3,  /* EHOSTUNREACH, ENETUNREACH and the like: no route */
	PEER_UNANSWERED = 4,   /* closed by the program before the TCP handshake ended */
	PEER_FAILED = 5,       /* another error, `error` */
	PEER_NAME_UNKNOWN = 6, /* getaddrinfo(): there is no such name */
	PEER_NAME_FAILED = 7, /* getaddrinfo() failed otherwise, for example without a server */

	/* TCP connected, but the broker did not let the client in: what was seen. */
	PEER_NO_TLS = 8,    /* the client began TLS, and nothing came back, or not TLS */
	PEER_WANTS_TLS = 9, /* the client spoke Kafka in plaintext, and TLS came back */
	PEER_HUNG_UP = 10,  /* the peer closed the connection without any answer */
	PEER_DISTRUSTED =
		11, /* this side ended the TLS handshake; `alert` tells how, if known */
	PEER_TLS_REFUSED = 12, /* the peer ended the TLS handshake with an alert */
	PEER_TLS_BROKEN = 13,  /* the peer ended the TLS handshake without an alert */
	PEER_NOT_LET_IN = 14,  /* the peer closed at, or before, authentication */
	PEER_AUTHENTICATION_REFUSED = 15, /* the client closed after the answer to its own */
};
#define PEER_TURNED_AWAY 8 /* the first end of a connection that TCP had made */
#define TRACE_PEER_ENDS 16

enum trace_peer_flag {
	PEER_NAME = 1 << 0,  /* the peer is a name for which no address was found */
	PEER_KAFKA = 1 << 1, /* Kafka was spoken with the peer */
	PEER_TLS = 1 << 2,   /* TLS was spoken with the peer */
};

/* How often a broker answered one kind of request with one error. */
struct trace_answer {
	int16_t api;  /* of the request; enum kafka_api or another key */
	int16_t code; /* Kafka's error code; 0 = unused entry */
	uint32_t count;
};
#define TRACE_ANSWERS 12 /* the last one collects what found no entry */
#define TRACE_ANSWER_OTHER INT16_MAX

/*
 * One address, or one name that was not found, that one producer tried to connect to. Two
 * threads may make the same row twice: readers add them up. Counters only grow; attempts that
 * have begun and are counted under no end are under way.
 */
struct trace_peer {
	uint32_t state;
	uint32_t producer;   /* row of SECTION_PRODUCER plus 1; 0: not known */
	uint32_t flags;	     /* bits of enum trace_peer_flag */
	trace_string name;   /* the name that was asked for; 0 none is known */
	uint8_t address[16]; /* IPv4 is mapped into IPv6; zeros of a name */
	uint16_t port;	     /* host order; 0 unknown */
	uint16_t addresses;  /* how many addresses its name has; 0 not known */
	int32_t error;	     /* of the last attempt that failed: errno; of a name EAI_... */
	uint64_t begun;
	uint64_t ends[TRACE_PEER_ENDS];
	uint64_t failed_before; /* attempts that had failed when the last one succeeded */
	int64_t began_ns;	/* CLOCK_MONOTONIC of the first attempt, */
	int64_t failed_ns;	/* of the end of the last one that failed, */
	int64_t succeeded_ns;	/* and of the last one that did not; 0 none */
	struct trace_answer answers[TRACE_ANSWERS];
	uint64_t turned_before; /* connections turned away when the last one was let in */
	int32_t alert;		/* description of the last TLS alert; 0 not known */
	uint32_t let_in;	/* connections that were let in */
};

TRACE_SIZE_IS(trace_answer, 8);
TRACE_SIZE_IS(trace_peer, 320);

#endif
