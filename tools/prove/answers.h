/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.h - which answer on a connection is one to a Produce request.
 *
 * Kafka answers the requests of a connection in their order, each once (a Produce with acks=0
 * not at all), and an answer begins with its length and the number of its request. So the
 * requests are read as far as they say that, and remembered until they are answered:
 *
 *	host ──bytes──▶ answers_sent()     ─▶ what is to be answered
 *	broker ─bytes─▶ answers_received() ─▶ pieces, one of which begins an answer to Produce
 *
 * Nothing of what passes is kept but the first bytes of a frame that is cut. What cannot be
 * followed (TLS, another protocol, an answer to no request) sets `lost` for good; from then on
 * all is one piece. Any bytes may come, cut anywhere.
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
	uint64_t sent_left;		 /* of a request of which all is known */
	bool tokens;			 /* after SaslHandshake of version 0 */
	struct answers_request *waiting; /* a ring */
	size_t first, count, room;

	/* Received. */
	uint8_t answer[ANSWERS_ANSWER_BYTES];
	size_t answer_bytes;
	uint64_t received_left;
};

/* All zero is a connection on which nothing has passed. */
void answers_free(struct answers *answers);

void answers_sent(struct answers *answers, const uint8_t *bytes, size_t count);

/* What may be passed on together. */
struct answers_piece {
	const uint8_t *bytes;
	size_t count;
	bool begins_produce; /* it is the begin of an answer to Produce */
};

/* Takes the next piece of what came; false: all is taken (a few bytes may be kept until more
 * come). `piece->bytes` is valid until the next call. */
bool answers_received(struct answers *answers, const uint8_t **bytes, size_t *count,
		      struct answers_piece *piece);

#endif
