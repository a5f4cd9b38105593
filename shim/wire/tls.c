/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.c - see tls.h.
 */
#include "wire/tls.h"

#include <string.h>

enum record_type { CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };

#define PLAIN_ALERT_BYTES 2
/* An alert of TLS 1.3: level, description, type, and a tag of 16 bytes; Java adds 16 zeros. */
#define ALERT_BYTES 19
#define ALERT_PADDED_BYTES 35
#define OLDER_ALERT_BYTES 26 /* TLS 1.2 with AES-GCM: eight bytes before it, no type */
#define RECORD_MOST (16384 + 2048)

static void count(uint8_t *counter)
{
	if (*counter < UINT8_MAX)
		(*counter)++;
}

void wire_tls_begins(struct wire_tls *tls)
{
	memset(tls, 0, sizeof *tls);
	tls->opening = 1;
}

static uint32_t length(const struct wire_tls_side *side)
{
	return (uint32_t)side->head[3] << 8 | side->head[4];
}

/* TLS 1.2 and older: records after ChangeCipherSpec are encrypted, whatever their type is. */
static bool is_encrypted(const struct wire_tls_side *side)
{
	return side->head[0] == DATA || (side->cipher && side->head[0] == HANDSHAKE) ||
	       (side->head[0] == ALERT && length(side) != PLAIN_ALERT_BYTES);
}

static void record_begins(struct wire_tls *tls, struct wire_tls_side *side)
{
	uint8_t type = side->head[0];

	if (type < CHANGE_CIPHER || type > DATA || side->head[1] != 3 ||
	    length(side) > RECORD_MOST) {
		side->no_tls = 1;
		return;
	}
	side->left = length(side);
	side->taken = 0;
	if (type == CHANGE_CIPHER)
		side->cipher = 1;
	if (!is_encrypted(side))
		return;
	bool small =
		type == ALERT || side->left == ALERT_BYTES || side->left == ALERT_PADDED_BYTES;

	if (side->encrypted == 0)
		side->first_small = small;
	if (side == &tls->theirs && tls->ours.encrypted && !small)
		count(&tls->after);
	count(&side->encrypted);
	side->small = small ? (uint8_t)(side->small + (side->small < UINT8_MAX)) : 0;
}

static void record_goes_on(struct wire_tls_side *side, const uint8_t *bytes, size_t bytes_count)
{
	if (side->head[0] != ALERT || length(side) != PLAIN_ALERT_BYTES)
		return;
	for (size_t i = 0; i < bytes_count; i++)
		if (side->taken++ == 1)
			side->alert = bytes[i];
}

static void follow(struct wire_tls *tls, struct wire_tls_side *side, const uint8_t *bytes,
		   size_t bytes_count)
{
	while (bytes_count && !side->no_tls) {
		if (side->left) {
			size_t part = bytes_count < side->left ? bytes_count : side->left;

			record_goes_on(side, bytes, part);
			side->left -= (uint32_t)part;
			bytes += part;
			bytes_count -= part;
			continue;
		}
		side->head[side->have++] = *bytes++;
		bytes_count--;
		if (side->have < sizeof side->head)
			continue;
		side->have = 0;
		record_begins(tls, side);
	}
	if (tls->ours.encrypted > WIRE_TLS_RECORDS || tls->theirs.no_tls)
		__atomic_store_n(&tls->opening, 0, __ATOMIC_RELAXED);
}

void wire_tls_sent(struct wire_tls *tls, const void *bytes, size_t bytes_count)
{
	follow(tls, &tls->ours, bytes, bytes_count);
}

void wire_tls_received(struct wire_tls *tls, const void *bytes, size_t bytes_count)
{
	follow(tls, &tls->theirs, bytes, bytes_count);
}

enum wire_tls_state wire_tls_state(const struct wire_tls *tls)
{
	const struct wire_tls_side *ours = &tls->ours, *theirs = &tls->theirs;

	if (ours->encrypted > WIRE_TLS_RECORDS)
		return TLS_LONG_FINISHED;
	if (theirs->no_tls)
		return TLS_NO_TLS_BACK;
	if (!theirs->head[0])
		return TLS_NOTHING_BACK;
	if (theirs->alert)
		return TLS_ENDED_BY_PEER;
	if (ours->alert || (ours->encrypted && ours->first_small))
		return TLS_ENDED_BY_US;
	if (tls->after ||
	    (theirs->cipher && ours->cipher && theirs->encrypted && !theirs->small))
		return TLS_FINISHED;
	if (ours->encrypted && theirs->small)
		return TLS_ENDED_BY_PEER;
	return TLS_UNFINISHED;
}

bool wire_tls_unanswered(const struct wire_tls *tls)
{
	const struct wire_tls_side *ours = &tls->ours, *theirs = &tls->theirs;

	return wire_tls_state(tls) == TLS_UNFINISHED && !ours->encrypted && !ours->cipher &&
	       theirs->left == 0 && theirs->have == 0;
}

bool wire_tls_goodbye(const struct wire_tls *tls, int32_t unread_bytes)
{
	int32_t content = unread_bytes - (int32_t)sizeof tls->theirs.head;

	if (wire_tls_state(tls) != TLS_FINISHED)
		return false;
	return tls->theirs.small || content == ALERT_BYTES || content == ALERT_PADDED_BYTES ||
	       content == OLDER_ALERT_BYTES;
}
