/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h - places in the window of unanswered requests.
 *
 * Places are counted modulo two window lengths, so that a full window differs from an empty
 * one. The sender writes `newest`, the receiver `oldest`; a place modulo WIRE_WINDOW is the
 * index of its entry.
 */
#ifndef UNFLUSHED_WIRE_WINDOW_H
#define UNFLUSHED_WIRE_WINDOW_H

#include "wire/wire.h"

#define WIRE_LAP (2 * WIRE_WINDOW)
_Static_assert(WIRE_LAP <= UINT8_MAX, "places are bytes");

static inline uint8_t wire_place_after(uint8_t place)
{
	return (uint8_t)((place + 1) % WIRE_LAP);
}

/* How many places `to` is behind `from`. */
static inline uint8_t wire_places(uint8_t from, uint8_t to)
{
	return (uint8_t)((to + WIRE_LAP - from) % WIRE_LAP);
}

/*
 * Whether the last Produce with acks=0 was written behind a request whose
 * answer is still due. A broker reads requests in order, and a close with
 * unread answers resets the connection, by which the broker's kernel may
 * discard requests that the broker has not read. The sender sets SOCKET_BEHIND,
 * the receiver clears it; each looks again after its own step, because the
 * other thread may change the flag at the same time.
 */
static inline bool wire_is_behind(const struct wire *wire)
{
	/* In this order: else the one may be of a later request than the other. */
	uint8_t behind = __atomic_load_n(&wire->behind, __ATOMIC_SEQ_CST);
	uint8_t newest = __atomic_load_n(&wire->newest, __ATOMIC_SEQ_CST);
	uint8_t oldest = __atomic_load_n(&wire->oldest, __ATOMIC_SEQ_CST);

	return wire_places(oldest, newest) > wire_places(behind, newest);
}

#endif
