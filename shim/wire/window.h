/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h - places in the window of unanswered requests.
 *
 * They are counted round two laps of the window, so that full is not empty. The sender
 * writes `newest`, the receiver `oldest`; a place modulo WIRE_WINDOW is its entry.
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

#endif
