/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_sites.c - see message_sites.h.
 *
 * An open-addressed table without locks: an entry is taken with one
 * compare-and-swap of its address. Between on_send and acknowledgement a
 * message is in librdkafka's queues, whose locks order the two, so an entry
 * is never written and read at once. When the table is full, the producer's
 * sites are marked inexact, and the tool says unknown instead of wrong.
 */
#include "account/message_sites.h"

#include "guest/guest.h"
#include "guest/hash.h"

#define PROBES 32
#define FORGOTTEN ((uintptr_t)1) /* was in use: a search must go on behind it */

static struct account_message *entry_find(const void *message)
{
	uint32_t at = hash_address(message);

	for (uint32_t probe = 0; probe < PROBES; probe++, at++) {
		struct account_message *entry = &account_state->messages[at % ACCOUNT_MESSAGES];
		uintptr_t held = __atomic_load_n(&entry->message, __ATOMIC_ACQUIRE);

		if (held == (uintptr_t)message)
			return entry;
		if (!held)
			return NULL;
	}
	return NULL;
}

static struct account_message *entry_take(const void *message)
{
	uint32_t at = hash_address(message);

	for (uint32_t probe = 0; probe < PROBES; probe++, at++) {
		struct account_message *entry = &account_state->messages[at % ACCOUNT_MESSAGES];
		uintptr_t held = __atomic_load_n(&entry->message, __ATOMIC_RELAXED);

		if (held <= FORGOTTEN &&
		    __atomic_compare_exchange_n(&entry->message, &held, (uintptr_t)message,
						false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return entry;
	}
	return NULL;
}

static void second_site(struct account_producer *producer, const void *message, uint32_t site)
{
	/* A message that was dropped without a word may have left this address. */
	struct account_message *stale = entry_find(message);

	if (stale)
		__atomic_store_n(&stale->message, FORGOTTEN, __ATOMIC_RELEASE);
	if (site + 1 == producer->first_site)
		return;
	__atomic_store_n(&producer->many_sites, true, __ATOMIC_RELEASE);
	struct account_message *entry = entry_take(message);

	if (!entry) {
		__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_SITES_INEXACT,
				  __ATOMIC_RELAXED);
		return;
	}
	entry->site = site;
	entry->producer = producer_index(producer);
}

void message_site_sent(struct account_producer *producer, const void *message, uint32_t site)
{
	uint32_t first = __atomic_load_n(&producer->first_site, __ATOMIC_RELAXED);

	if (UNLIKELY(!first) &&
	    __atomic_compare_exchange_n(&producer->first_site, &first, site + 1, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return;
	if (LIKELY(first == site + 1 && !producer->many_sites))
		return;
	second_site(producer, message, site);
}

uint32_t message_site_done(struct account_producer *producer, const void *message)
{
	uint32_t first = __atomic_load_n(&producer->first_site, __ATOMIC_ACQUIRE);

	if (LIKELY(!__atomic_load_n(&producer->many_sites, __ATOMIC_ACQUIRE)))
		return first ? first - 1 : 0;
	struct account_message *entry = entry_find(message);

	if (!entry)
		return first - 1;
	uint32_t site = entry->site;

	__atomic_store_n(&entry->message, FORGOTTEN, __ATOMIC_RELEASE);
	return site;
}

void message_sites_clear(const struct account_producer *producer)
{
	if (!producer->many_sites)
		return;
	for (uint32_t i = 0; i < ACCOUNT_MESSAGES; i++)
		if (account_state->messages[i].message > FORGOTTEN &&
		    account_state->messages[i].producer == producer_index(producer))
			__atomic_store_n(&account_state->messages[i].message, FORGOTTEN,
					 __ATOMIC_RELEASE);
}
