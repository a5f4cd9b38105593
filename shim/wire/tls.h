/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.h - how a TLS handshake ended, as far as the unencrypted headers of its records show.
 *
 * TLS 1.0 to 1.3: a record begins with its type, its version and its length.
 * Alerts are in plain text until their side has encrypted anything; from then
 * on, and of TLS 1.3 always except for a refusal of the first message, a record
 * of 19 bytes is one, or of 35 (Java's). Followed for the first records alone:
 * what comes after the handshake says nothing more.
 */
#ifndef UNFLUSHED_WIRE_TLS_H
#define UNFLUSHED_WIRE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction, as far as it was read. */
struct wire_tls_side {
	uint8_t have; /* bytes of the header */
	uint8_t head[5];
	uint8_t alert;	   /* in plain text; 0 none, or close_notify, which is no failure */
	uint8_t encrypted; /* records with content that cannot be read, */
	uint8_t small;	   /* and of those the ones that can only be an alert, by their size */
	uint8_t first_small; /* the first of them was one */
	uint8_t cipher;	     /* ChangeCipherSpec was there */
	uint8_t taken;	     /* bytes of an alert that were read */
	uint32_t left;	     /* of the record */
	uint8_t no_tls;	     /* the bytes are no TLS record */
};

struct wire_tls {
	uint8_t opening; /* still followed */
	uint8_t after; /* records from the peer since our first that is encrypted, alerts apart
			*/
	uint8_t parting;      /* this side sent an alert after the handshake, */
	uint8_t theirs_first; /* and had received the peer's alert, or its FIN, before that */
	struct wire_tls_side ours, theirs;
};

/* So many encrypted records of ours are a handshake and an authentication; with more than
 * these the peer has let us in. */
#define WIRE_TLS_RECORDS 8

void wire_tls_begins(struct wire_tls *tls);
void wire_tls_sent(struct wire_tls *tls, const void *bytes, size_t count);
void wire_tls_received(struct wire_tls *tls, const void *bytes, size_t count);

enum wire_tls_state {
	TLS_NOTHING_BACK,
	TLS_NO_TLS_BACK,
	TLS_ENDED_BY_US, /* with an alert */
	TLS_ENDED_BY_PEER,
	TLS_UNFINISHED,
	TLS_FINISHED,
	TLS_LONG_FINISHED, /* and more records followed than an authentication takes */
};
enum wire_tls_state wire_tls_state(const struct wire_tls *tls);

/* Whether the peer's part of the handshake has come and this side has sent nothing since its
 * ClientHello: if it closes then, it has not accepted what the peer sent (its certificate). */
bool wire_tls_unanswered(const struct wire_tls *tls);

/* Whether the peer has ended the connection with an alert, after a finished handshake: either
 * the host has read the alert, or its unread bytes are as many as an alert has. No answer of
 * Kafka is as short, except one of 18 bytes. */
bool wire_tls_goodbye(const struct wire_tls *tls, int32_t unread_bytes);

/* Whether this side has sent more records than a handshake and an authentication take. */
static inline bool wire_tls_is_long(const struct wire_tls *tls)
{
	return tls->ours.encrypted > WIRE_TLS_RECORDS;
}

#endif
