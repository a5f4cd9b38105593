/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peers.c - see peers.h.
 */
#include "peer/peers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "peer/hosts.h"
#include "peer/state.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/writer.h"

/* Identifies a row. */
struct key {
	uint32_t producer;
	uint16_t port;
	uint8_t address[16];
	const char *name; /* of a peer without an address; else NULL */
	size_t name_bytes;
};

static struct trace_peer *row_of(uint32_t peer)
{
	return peer ? &trace->peers[peer - 1] : NULL;
}

static bool is_named_so(const struct trace_peer *row, const struct key *key)
{
	size_t bytes = 0;
	const char *text = row->name ? writer_string_text(row->name, &bytes) : NULL;

	return row->flags & PEER_NAME && text && bytes == key->name_bytes &&
	       memcmp(text, key->name, bytes) == 0;
}

static bool is_it(const struct trace_peer *row, const struct key *key)
{
	if (row->producer != key->producer || row->port != key->port)
		return false;
	return key->name ? is_named_so(row, key)
			 : !(row->flags & PEER_NAME) &&
				   memcmp(row->address, key->address, 16) == 0;
}

static uint32_t row_make(const struct key *key)
{
	uint32_t number = writer_claim(SECTION_PEER);

	if (number == WRITER_NONE)
		return 0;
	struct trace_peer *row = &trace->peers[number];

	row->producer = key->producer;
	row->port = key->port;
	if (key->name) {
		row->flags = PEER_NAME;
		row->name = writer_string(key->name, key->name_bytes);
	} else {
		char name[PEER_NAME_BYTES];

		memcpy(row->address, key->address, 16);
		row->addresses = hosts_find(key->address, name);
		if (row->addresses)
			row->name = writer_string(name, strlen(name));
	}
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
	return number + 1;
}

static uint32_t row_find(const struct key *key)
{
	uint32_t used = __atomic_load_n(&writer_section(SECTION_PEER)->used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < GUEST_PEERS; i++) {
		const struct trace_peer *row = &trace->peers[i];

		if (__atomic_load_n(&row->state, __ATOMIC_ACQUIRE) && is_it(row, key))
			return i + 1;
	}
	return row_make(key);
}

uint32_t peer_at(const struct sockaddr *to)
{
	struct key key = {.producer = owners_thread.producer};

	if (to->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)to;

		memset(key.address + 10, 0xff, 2);
		memcpy(key.address + 12, &v4->sin_addr, 4);
		key.port = ntohs(v4->sin_port);
	} else {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)to;

		memcpy(key.address, &v6->sin6_addr, 16);
		key.port = ntohs(v6->sin6_port);
	}
	return row_find(&key);
}

uint32_t peer_named(const char *name, size_t bytes, uint16_t port)
{
	const struct key key = {.producer = owners_thread.producer,
				.port = port,
				.name = name,
				.name_bytes = bytes};

	return row_find(&key);
}

void peer_begun(uint32_t peer, int64_t now_ns)
{
	struct trace_peer *row = row_of(peer);

	if (!row)
		return;
	if (!row->began_ns)
		row->began_ns = now_ns;
	writer_add_shared(&row->begun, 1);
}

/* The number of attempts with one of these ends. */
static uint64_t ended(const struct trace_peer *row, int first, int beyond)
{
	uint64_t sum = 0;

	for (int i = first; i < beyond; i++)
		sum += __atomic_load_n(&row->ends[i], __ATOMIC_RELAXED);
	return sum;
}

void peer_ended(uint32_t peer, enum trace_peer_end end, int error, int64_t now_ns)
{
	struct trace_peer *row = row_of(peer);

	if (!row)
		return;
	if (end == PEER_CONNECTED) {
		row->succeeded_ns = now_ns;
		__atomic_store_n(&row->failed_before,
				 ended(row, PEER_CONNECTED + 1, PEER_TURNED_AWAY),
				 __ATOMIC_RELAXED);
	} else {
		row->failed_ns = now_ns;
		row->error = error;
	}
	writer_add_shared(&row->ends[end], 1);
}

void peer_let_in(uint32_t peer)
{
	struct trace_peer *row = row_of(peer);

	if (!row)
		return;
	__atomic_store_n(&row->turned_before, ended(row, PEER_TURNED_AWAY, TRACE_PEER_ENDS),
			 __ATOMIC_RELAXED);
	__atomic_fetch_add(&row->let_in, 1, __ATOMIC_RELAXED);
}

void peer_turned_away(uint32_t peer, enum trace_peer_end end, uint8_t alert, int64_t now_ns)
{
	struct trace_peer *row = row_of(peer);

	if (!row)
		return;
	row->failed_ns = now_ns;
	if (alert)
		row->alert = alert;
	writer_add_shared(&row->ends[end], 1);
}

enum trace_peer_end peer_end_of(int error)
{
	switch (error) {
	case 0:
		return PEER_CONNECTED;
	case ECONNREFUSED:
		return PEER_REFUSED;
	case ETIMEDOUT:
		return PEER_TIMED_OUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case ENONET:
		return PEER_UNREACHABLE;
	default:
		return PEER_FAILED;
	}
}

/* An entry is claimed by a compare-and-swap of its API and code, which are one word with the
 * count. */
static bool is_entry(struct trace_answer *entry, int16_t api, int16_t code)
{
	struct trace_answer none = {0}, own = {.api = api, .code = code};
	uint32_t is, free, wanted;

	memcpy(&free, &none, sizeof free);
	memcpy(&wanted, &own, sizeof wanted);
	is = __atomic_load_n((uint32_t *)(void *)entry, __ATOMIC_RELAXED);
	if (is == free)
		__atomic_compare_exchange_n((uint32_t *)(void *)entry, &is, wanted, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	return __atomic_load_n((uint32_t *)(void *)entry, __ATOMIC_RELAXED) == wanted;
}

void peer_answered(uint32_t peer, int16_t api, int16_t code)
{
	struct trace_peer *row = row_of(peer);
	size_t at = 0;

	if (!row || code == 0)
		return;
	while (at < TRACE_ANSWERS - 1 && !is_entry(&row->answers[at], api, code))
		at++;
	if (at == TRACE_ANSWERS - 1)
		is_entry(&row->answers[at], -1, TRACE_ANSWER_OTHER);
	__atomic_fetch_add(&row->answers[at].count, 1, __ATOMIC_RELAXED);
}

void peer_flag(uint32_t peer, uint32_t bits)
{
	struct trace_peer *row = row_of(peer);

	if (row)
		__atomic_fetch_or(&row->flags, bits, __ATOMIC_RELAXED);
}
