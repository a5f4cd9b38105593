/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - what this room keeps of the process (guest/part.h).
 */
#ifndef UNFLUSHED_PEER_STATE_H
#define UNFLUSHED_PEER_STATE_H

#include <stdint.h>

#include "guest/guest.h"
#include "guest/part.h"

/* Names that getaddrinfo() was asked for last, by the addresses that it found. */
#define PEER_NAMES 64
#define PEER_NAME_BYTES 74

struct peer_name {
	uint32_t state; /* odd while it is written, grows with every writer */
	uint8_t address[16];
	uint16_t addresses;	    /* that the name led to */
	char text[PEER_NAME_BYTES]; /* NUL-terminated; a longer one is not kept */
};

struct peer_state {
	uint32_t names_next;
	struct peer_name names[PEER_NAMES];
	/* By row of SECTION_SOCKET: the peer's row plus 1, 0 none is known; and whether the
	 * attempt has no outcome yet. */
	uint8_t of_socket[GUEST_SOCKETS];
	uint8_t pending[GUEST_SOCKETS];
};
_Static_assert(GUEST_PEERS < UINT8_MAX, "rows are kept as bytes");

extern struct peer_state *peer_state; /* never NULL while recording */

#endif
