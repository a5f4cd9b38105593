/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.h - which answer on a connection is one to a Produce request.
 *
 * Kafka answers the requests of a connection in their order, each once (a Produce with acks=0
 * not at all), and an answer begins with its length and its request's correlation id. So the
 * heads of requests are read, and remembered until they are answered:
 *
 *	host ──bytes──▶ answers_sent()     ─▶ requests that are to be answered
 *	broker ─bytes─▶ answers_received() ─▶ pieces; each answer to Produce begins one
 *
 * Of the bytes only the beginning of an incomplete frame is kept. A stream that cannot be
 *decoded (TLS, another protocol, an answer without a request) sets `lost` for good; from then
 *on all bytes are one piece. Bytes may be arbitrary, and in pieces of any size.
 */
#ifndef UNFLUSHED_PROVE_ANSWERS_H
#define UNFLUSHED_PROVE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWERS_ANSWER_BYTES 8 /* length and correlation id */

enum answers_kind {
	ANSWERS_OTHER,
	ANSWERS_PRODUCE,
	ANSWERS_UNANSWERED, /* Produce with acks=0; the mock cluster answers it all the same */
	ANSWERS_TOKEN,	    /* of SASL, without a header: its answer has no number either */
};

struct answers_request {
	int32_t correlation;
	enum answers_kind kind;
};

struct answers {
	bool lost;
	uint64_t produced;   /* Produce requests that are to be answered */
	uint64_t unanswered; /* and that are not */

	/* Sent: the head of the request that is being sent, as far as it is needed. */
	uint8_t *head;
	size_t head_bytes, head_room;
	uint64_t sent_left;		 /* of a request whose head was read */
	bool tokens;			 /* after SaslHandshake of version 0 */
	struct answers_request *waiting; /* a ring */
	size_t first, count, room;

	/* Received. */
	uint8_t answer[ANSWERS_ANSWER_BYTES];
	size_t answer_bytes;
	uint64_t received_left;
};

/* An all-zero struct is a connection without any bytes yet. */
void answers_free(struct answers *answers);

void answers_sent(struct answers *answers, const uint8_t *bytes, size_t count);

/* Bytes that may be passed on together. */
struct answers_piece {
	const uint8_t *bytes;
	size_t count;
	bool begins_produce; /* it is the begin of an answer to Produce */
};

/* Takes the next piece of the received bytes; false: all are taken (a few may be kept until
 * more arrive). `piece->bytes` is valid until the next call. */
bool answers_received(struct answers *answers, const uint8_t **bytes, size_t *count,
		      struct answers_piece *piece);

#endif
