/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - Kafka frames on one connection, followed byte by byte.
 *
 * The caller passes the bytes that the kernel took and the bytes that the
 * host read, in order and in pieces of any size; the decoder updates the
 * frame counters of the connection's row. It stores numbers and the client
 * id, never a key, a value or a token. It allocates nothing, calls nothing
 * but mem*, and does a bounded amount of work per byte (payload is skipped by
 * counting).
 *
 *     sent ──▶ cursor ─▶ wire_request, wire_records ─┐ window ┌─ wire_response ◀─ cursor ◀──
 * received wholly written └───▶────┘ answered
 *
 * One thread may send while another receives: each direction has a cursor
 * of its own, and unanswered requests pass between them in a ring with one
 * writer and one reader. If two threads send (or receive) at the same time,
 * the order of their bytes is not known: the decoder gives up
 * (SOCKET_WIRE_LOST) and counts no further. Once that flag is set, frame_* of
 * the row have no meaning.
 */
#ifndef UNFLUSHED_WIRE_WIRE_H
#define UNFLUSHED_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "wire/tls.h"

#define WIRE_WINDOW 96
#define WIRE_CLIENT_ID 64

enum wire_fact_kind {
	WIRE_RECOGNISED = 1, /* the connection speaks Kafka: client_id is set */
	WIRE_PRODUCE_WRITTEN = 2,
	WIRE_PRODUCE_ANSWERED = 3,
	WIRE_ERROR_ANSWERED = 4, /* api and error: once for each partition or topic */
	WIRE_PRODUCE_BEGUN = 6,	 /* the first bytes of a Produce request were taken */
	WIRE_LET_IN = 5,	 /* the first answer beyond versions and authentication */
};

/* What a hook is called with. `client_id` is valid until the hook returns. */
struct wire_fact {
	enum wire_fact_kind kind;
	int32_t records;	  /* TRACE_UNKNOWN if they cannot be counted */
	uint32_t bytes;		  /* of the request, with its length field */
	int32_t error;		  /* the first partition's that is not 0 */
	int16_t api;		  /* of the request that was answered so */
	int64_t took_ns;	  /* written to answered */
	int64_t now_ns;		  /* of WIRE_PRODUCE_... */
	int64_t began_ns;	  /* of WIRE_PRODUCE_...: its first byte was offered */
	int32_t correlation;	  /* of the request */
	bool unanswerable;	  /* the broker does not answer it: acks=0 */
	const char *client_id;	  /* no NUL; NULL if the client gave none */
	uint32_t client_id_bytes; /* never more than WIRE_CLIENT_ID */
	uint32_t client_id_whole; /* bytes of the client id as it was sent */
	uint32_t client_id_hash;  /* FNV-1a of all of them */
};

typedef void wire_hook(void *context, const struct wire_fact *fact);

/* The reading position of one direction: which field is being read, and in which frame. */
struct wire_cursor {
	uint64_t value;	     /* of a number, as far as it was read */
	uint32_t need;	     /* bytes the field still wants */
	uint32_t left;	     /* bytes of the frame not yet asked for by a field */
	uint32_t frame;	     /* the frame's bytes with the length field; 0 not known */
	uint32_t tags;	     /* tagged fields left to pass over */
	uint32_t topics;     /* left in the frame */
	uint32_t partitions; /* left in the topic */
	uint8_t kind;	     /* enum wire_field */
	uint8_t step;	     /* what to do when the field is whole */
	uint8_t after_tags;  /* the step that follows them */
	uint8_t shift;	     /* of a variable-length number */
};

/* A request wholly written and not yet answered. */
struct wire_request {
	int64_t written_ns;
	int32_t correlation;
	int32_t records;     /* those that could be counted */
	uint32_t writing_us; /* from its first byte to its last */
	int16_t api;
	uint8_t version;
	uint8_t uncounted : 1; /* the others are unknown */
	uint8_t answered : 1;  /* the receiver's: answered before an older one */
};

struct wire {
	uint8_t state;	 /* enum wire_state */
	uint8_t sending; /* a thread is decoding this direction */
	uint8_t receiving;
	uint8_t tokens;	     /* sent after SaslHandshake v0: frames without a header */
	uint8_t tokens_back; /* received after its answer */
	wire_hook *seen;     /* may be NULL; set after wire_start */
	void *context;
	int64_t offered_ns; /* when the write began that wire_sent() is told of; 0 not known */
	int64_t began_ns;   /* of the Produce request that is being written: its first byte */

	struct wire_cursor sent;
	uint32_t set_left;   /* of the record set */
	uint32_t batch_left; /* of the batch, after its length field */
	int32_t records;     /* of the current request so far */
	int32_t correlation;
	int16_t api;
	int16_t version;
	int16_t acks;
	uint8_t acks_known;
	uint8_t uncounted;	 /* part of the records cannot be counted */
	uint8_t after_set;	 /* the step that follows the record set */
	uint8_t client_id_known; /* it may be null */
	uint8_t client_id_bytes;
	uint16_t client_id_whole; /* bytes it has, of which the first are kept */
	uint32_t client_id_hash;  /* of all of them */
	char client_id[WIRE_CLIENT_ID];

	struct wire_cursor received;
	uint32_t details; /* record errors left in a partition's answer */
	int16_t error;	  /* first one of the current response */
	uint8_t matched;  /* the response belongs to `match` of the window */
	uint8_t match;
	uint8_t let_in;		/* WIRE_LET_IN was told */
	uint8_t authenticates;	/* the client has told of a part of its authentication, */
	uint64_t received_then; /* when so many bytes had come */
	uint8_t metadata_version;
	uint8_t answers_tls; /* the first that it answered is a record of TLS */
	uint8_t lenient;     /* of this answer only errors are looked for */

	/* Modulo two window lengths, so that a full window differs from an empty one. */
	uint8_t oldest; /* the receiver's */
	uint8_t newest; /* one past the last: the sender's */
	uint8_t behind; /* `newest` when the last acks=0 Produce was written (SOCKET_BEHIND) */
	union {
		struct wire_request window[WIRE_WINDOW];
		struct wire_tls tls; /* instead, while the state is WIRE_TLS */
	};
};

_Static_assert(sizeof(struct wire) <= 2560, "one for every followed connection");

enum wire_state {
	WIRE_UNDECIDED = 0,
	WIRE_EARLY = 1, /* undecided, and the peer spoke first */
	WIRE_KAFKA = 2,
	WIRE_FOREIGN = 3, /* something else: left alone */
	WIRE_TLS = 4,
	WIRE_LOST = 5,
};

/* Whether more bytes may still tell anything. Once false, it stays false. */
static inline bool wire_listens(const struct wire *wire)
{
	uint8_t state = __atomic_load_n(&wire->state, __ATOMIC_RELAXED);

	return state <= WIRE_KAFKA ||
	       (state == WIRE_TLS && __atomic_load_n(&wire->tls.opening, __ATOMIC_RELAXED));
}

/* Zeroes the decoder. Memory that is zero already is started, too. */
void wire_start(struct wire *wire);

/* Whether the first bytes that a connection sends may begin a request of Kafka. */
#define WIRE_FIRST_BYTES 8
bool wire_begins_request(const uint8_t first[WIRE_FIRST_BYTES]);

/* `count` bytes that the kernel took, in order. */
void wire_sent(struct wire *wire, struct trace_socket *row, const void *bytes, size_t count,
	       int64_t now_ns);

/* The same for bytes that cannot be read (sendfile). */
void wire_sent_unseen(struct wire *wire, struct trace_socket *row, size_t count,
		      int64_t now_ns);

/* `count` bytes that the host has read, in order; not those read with MSG_PEEK. */
void wire_received(struct wire *wire, struct trace_socket *row, const void *bytes, size_t count,
		   int64_t now_ns);

/* How a connection ended before the broker let the client in, as far as its bytes show. */
enum wire_refusal {
	WIRE_NOT_REFUSED, /* it was let in, or speaks something else, or nothing was said */
	WIRE_TLS_NOTHING_BACK,
	WIRE_TLS_NO_TLS_BACK,
	WIRE_TLS_ENDED_BY_US, /* alert: its description, 0 not known */
	WIRE_TLS_ENDED_BY_PEER,
	WIRE_TLS_UNFINISHED,
	WIRE_TLS_FINISHED, /* and little was said since */
	WIRE_TLS_BACK,	   /* Kafka in plaintext was answered with TLS */
	WIRE_NOTHING_BACK, /* or with nothing */
	WIRE_FEW_BACK,	   /* or with nothing beyond versions and authentication */
};
enum wire_refusal wire_refusal(const struct wire *wire, const struct trace_socket *row,
			       uint8_t *alert);

/* The host was given bytes that cannot be read (splice, MSG_TRUNC). */
void wire_received_unseen(struct wire *wire, struct trace_socket *row);

#endif
