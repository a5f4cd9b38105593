/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_sites.c - see message_sites.h.
 *
 * For the memory in which messages are allocated there is a shadow memory: a mark of two bytes
 * for each 128 bytes, in the same order, so that messages which were allocated together have
 * their marks in the same cache lines.
 *
 *	a message's address     | which 4 MiB | which 128 bytes | within |
 *	                               |              |
 *	account_state->regions  [hash of it] ─▶ marks[it] = producer, site
 *
 * No two messages share a mark: rd_kafka_msg_t has at least 128 bytes, and each is allocated
 * separately. Marks are never erased, and still right: a mark names its producer, so that
 * another producer's is recognised; and once a producer has `many_sites`, each of its messages
 * sets its mark anew. A message that was sent before that finds no mark of its producer, and
 * belongs to the first site.
 *
 * A region's marks are 64 KiB, mapped at its first message, and kept; pages that no message
 * needs are never touched.
 */
#include "account/message_sites.h"

#include "guest/hash.h"

#define PROBES 32
#define REGION_BITS 22
#define MESSAGE_BITS 7
#define MARKS (1u << (REGION_BITS - MESSAGE_BITS))

#define SITE_BITS 10 /* of a mark; the rest is the producer's index */
#define SITE_MASK ((1u << SITE_BITS) - 1)

_Static_assert(GUEST_SITES + 1 <= SITE_MASK, "a site plus 1 fits into a mark");
_Static_assert(GUEST_PRODUCERS <= 1 << (16 - SITE_BITS), "a producer fits into a mark");

/* If two threads map the marks of the same region, one mapping is removed again. */
static uint16_t *marks_map(struct account_region *region)
{
	size_t bytes = MARKS * sizeof(uint16_t);
	const char *reason;
	uint16_t *before = NULL, *marks = guest_map(bytes, &reason);

	if (!marks)
		return NULL;
	if (__atomic_compare_exchange_n(&region->marks, &before, marks, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return marks;
	RAW_2(SYS_munmap, marks, bytes);
	return before;
}

static uint16_t *mark_in(uint16_t *marks, const void *message)
{
	return &marks[(uintptr_t)message >> MESSAGE_BITS & (MARKS - 1)];
}

/* A region's number plus 1; 0 means a free row. */
static uint64_t key_of(const void *message)
{
	return ((uintptr_t)message >> REGION_BITS) + 1;
}

static struct account_region *region_at(uint64_t key, uint32_t probe)
{
	uint32_t at = hash_address((const void *)(uintptr_t)key) + probe;

	return &account_state->regions[at % ACCOUNT_REGIONS];
}

/* NULL: the region has no marks. */
static uint16_t *mark_find(const void *message)
{
	uint64_t key = key_of(message);

	for (uint32_t probe = 0; probe < PROBES; probe++) {
		struct account_region *region = region_at(key, probe);
		uint64_t held = __atomic_load_n(&region->key, __ATOMIC_ACQUIRE);

		if (LIKELY(held == key)) {
			uint16_t *marks = __atomic_load_n(&region->marks, __ATOMIC_ACQUIRE);

			return marks ? mark_in(marks, message) : NULL;
		}
		if (!held)
			return NULL;
	}
	return NULL;
}

/* The same, but maps the region's marks if it has none; NULL: no room. */
static __attribute__((noinline)) uint16_t *mark_make(const void *message)
{
	uint64_t key = key_of(message);

	for (uint32_t probe = 0; probe < PROBES; probe++) {
		struct account_region *region = region_at(key, probe);
		uint64_t held = 0;

		if (!__atomic_compare_exchange_n(&region->key, &held, key, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) &&
		    held != key)
			continue;
		uint16_t *marks = __atomic_load_n(&region->marks, __ATOMIC_ACQUIRE);

		if (!marks)
			marks = marks_map(region);
		return marks ? mark_in(marks, message) : NULL;
	}
	return NULL;
}

static void mark_set(struct account_producer *producer, const void *message, uint32_t site)
{
	uint16_t *mark = mark_find(message);

	if (UNLIKELY(!mark))
		mark = mark_make(message);
	if (LIKELY(mark != NULL)) {
		uint32_t value = producer_index(producer) << SITE_BITS | (site + 1);

		__atomic_store_n(mark, (uint16_t)value, __ATOMIC_RELAXED);
	} else {
		__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_SITES_INEXACT,
				  __ATOMIC_RELAXED);
	}
}

void message_site_sent(struct account_producer *producer, const void *message, uint32_t site)
{
	uint32_t first = __atomic_load_n(&producer->first_site, __ATOMIC_RELAXED);
	bool many = __atomic_load_n(&producer->many_sites, __ATOMIC_RELAXED);

	if (UNLIKELY(!first) &&
	    __atomic_compare_exchange_n(&producer->first_site, &first, site + 1, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return;
	if (LIKELY(first == site + 1 && !many))
		return;
	if (!many)
		__atomic_store_n(&producer->many_sites, true, __ATOMIC_RELEASE);
	mark_set(producer, message, site);
}

uint32_t message_site_done(const struct account_producer *producer, const void *message)
{
	uint32_t first = __atomic_load_n(&producer->first_site, __ATOMIC_ACQUIRE);

	if (LIKELY(!__atomic_load_n(&producer->many_sites, __ATOMIC_ACQUIRE)))
		return first ? first - 1 : 0;
	const uint16_t *mark = mark_find(message);
	uint32_t value = mark ? __atomic_load_n(mark, __ATOMIC_RELAXED) : 0;
	bool own = value >> SITE_BITS == producer_index(producer) && value & SITE_MASK;

	return (own ? value & SITE_MASK : first) - 1;
}
