/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hosts.c - see hosts.h.
 *
 * Keeps the last names that were resolved, because the connect() that follows
 * only has an address. Several threads may resolve names at the same time, so
 * each entry is a seqlock: a thread that makes its state odd writes it, and a
 * reader checks that the state has not changed.
 */
#include "peer/hosts.h"

#include <netinet/in.h>
#include <string.h>

#include "guest/guest.h"
#include "peer/state.h"

GUEST_STATE(struct peer_state, peer_state);

static bool address_of(const struct sockaddr *from, uint8_t address[16])
{
	if (from && from->sa_family == AF_INET) {
		memset(address, 0, 10);
		memset(address + 10, 0xff, 2);
		memcpy(address + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
		return true;
	}
	if (from && from->sa_family == AF_INET6)
		memcpy(address, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	return from && from->sa_family == AF_INET6;
}

/* What is kept of one address. */
struct found {
	uint8_t address[16];
	uint16_t addresses;
	const char *node;
	size_t bytes;
};

static void entry_write(struct peer_name *entry, const struct found *found)
{
	uint32_t state = __atomic_load_n(&entry->state, __ATOMIC_RELAXED);

	if (state & 1 || !__atomic_compare_exchange_n(&entry->state, &state, state + 1, false,
						      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return;
	memcpy(entry->address, found->address, 16);
	entry->addresses = found->addresses;
	memcpy(entry->text, found->node, found->bytes + 1);
	__atomic_store_n(&entry->state, state + 2, __ATOMIC_RELEASE);
}

static struct peer_name *entry_of(const uint8_t address[16])
{
	for (uint32_t i = 0; i < PEER_NAMES; i++)
		if (memcmp(peer_state->names[i].address, address, 16) == 0)
			return &peer_state->names[i];
	return &peer_state->names[__atomic_fetch_add(&peer_state->names_next, 1,
						     __ATOMIC_RELAXED) %
				  PEER_NAMES];
}

/* At most this many addresses of a list are read. */
#define ADDRESSES_LOOKED_AT 32

/* The same address is listed once for each kind of socket. */
static bool is_listed(const struct addrinfo *from, const struct addrinfo *at,
		      const uint8_t address[16])
{
	uint8_t other[16];

	for (; from != at; from = from->ai_next)
		if (address_of(from->ai_addr, other) && memcmp(other, address, 16) == 0)
			return true;
	return false;
}

void hosts_keep(const char *node, const struct addrinfo *first)
{
	struct found found = {.node = node, .bytes = strlen(node)};
	const struct addrinfo *at = first;

	if (found.bytes >= PEER_NAME_BYTES)
		return;
	for (int i = 0; at && i < ADDRESSES_LOOKED_AT; i++, at = at->ai_next)
		if (address_of(at->ai_addr, found.address) &&
		    !is_listed(first, at, found.address))
			found.addresses++;
	at = first;
	for (int i = 0; at && i < ADDRESSES_LOOKED_AT; i++, at = at->ai_next)
		if (address_of(at->ai_addr, found.address) &&
		    !is_listed(first, at, found.address))
			entry_write(entry_of(found.address), &found);
}

uint16_t hosts_find(const uint8_t address[16], char text[PEER_NAME_BYTES])
{
	for (uint32_t i = 0; i < PEER_NAMES; i++) {
		struct peer_name *entry = &peer_state->names[i];
		uint32_t state = __atomic_load_n(&entry->state, __ATOMIC_ACQUIRE);

		if (!state || state & 1 || memcmp(entry->address, address, 16) != 0)
			continue;
		uint16_t addresses = entry->addresses;

		memcpy(text, entry->text, PEER_NAME_BYTES);
		/* A read-modify-write, so that no read from above is moved behind it. */
		if (__atomic_fetch_add(&entry->state, 0, __ATOMIC_ACQ_REL) == state)
			return addresses;
	}
	return 0;
}
