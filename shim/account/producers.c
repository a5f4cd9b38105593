/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producers.c - see producers.h.
 */
#include "account/producers.h"

#include <string.h>

#include "account/counts.h"
#include "trace/writer.h"

#define LAST (GUEST_PRODUCERS - 1)
#define SHARED_FLAGS (PRODUCER_OVERFLOW | PRODUCER_WAITS_UNSEEN)

enum { ACCOUNT_OPEN = 1, ACCOUNT_SETTLED = 2 }; /* of account_producer.claimed */

void producer_flags_set(struct account_producer *producer, uint32_t flags)
{
	__atomic_fetch_or(&producer_row(producer)->flags, flags, __ATOMIC_RELAXED);
}

void producer_flags_clear(struct account_producer *producer, uint32_t flags)
{
	if (producer_is_shared(producer))
		flags &= ~(uint32_t)PRODUCER_WAITS_UNSEEN;
	__atomic_fetch_and(&producer_row(producer)->flags, ~flags, __ATOMIC_RELAXED);
}

void producer_made_at(struct account_producer *producer, uint32_t site)
{
	struct trace_producer *row = producer_row(producer);
	bool first = !producer_is_shared(producer) && !row->predecessors;

	if (!first && row->made != site)
		site = 0;
	__atomic_store_n(&row->made, site, __ATOMIC_RELAXED);
}

/* ---- finding ---- */

static uint32_t claimed(const struct account_producer *producer)
{
	return __atomic_load_n(&producer->claimed, __ATOMIC_ACQUIRE);
}

static const void *owner_of(const struct account_producer *producer)
{
	return __atomic_load_n(&producer->owner, __ATOMIC_RELAXED);
}

struct account_producer *producer_find(const void *owner)
{
	for (uint32_t i = 0; i < LAST && claimed(producer_at(i)); i++)
		if (owner_of(producer_at(i)) == owner)
			return producer_at(i);
	return NULL;
}

struct account_producer *producer_find_any(const void *owner)
{
	struct account_producer *found = producer_find(owner);

	return found || !producer_is_shared(producer_at(LAST)) ? found : producer_at(LAST);
}

struct account_producer *producer_only(void)
{
	struct account_producer *found = NULL;

	for (uint32_t i = 0; i < LAST; i++) {
		if (!owner_of(producer_at(i)))
			continue;
		if (found)
			return NULL;
		found = producer_at(i);
	}
	return found;
}

/* ---- one row, one producer after the other ---- */

/* Every message has ended, was waited for and told: the producer's verdict is certain. */
static bool is_settled(const struct account_producer *producer)
{
	const struct trace_producer *row = producer_row(producer);
	uint64_t produced = counts_produced(producer);
	bool reports =
		(row->flags & PRODUCER_REPORTS) && !(row->flags & PRODUCER_REPORTS_ERRORS);

	return counts_done(producer) == produced && row->waited_for >= produced &&
	       (!reports || row->reports_served >= produced) &&
	       counts_of(producer, COUNT_FAILED) == row->reports_served_failed &&
	       counts_of(producer, COUNT_REJECTED) == row->rejected_retried &&
	       !(row->flags & (PRODUCER_OVERFLOW | PRODUCER_INHERITED |
			       PRODUCER_IN_TRANSACTION | PRODUCER_DESTROYED_IMMEDIATELY));
}

void producer_settle(struct account_producer *producer)
{
	__atomic_store_n(&producer->owner, NULL, __ATOMIC_RELEASE);
	if (is_settled(producer))
		__atomic_store_n(&producer->claimed, ACCOUNT_SETTLED, __ATOMIC_RELEASE);
}

static bool is_of_kind(const struct trace_producer *row, const struct producer_facts *facts)
{
	return row->client == facts->client && row->library == facts->library &&
	       row->acks == facts->acks && row->flags == facts->flags;
}

/*
 * A process may make any number of producers, even one per request. When all
 * rows are used, a new producer continues the row of a settled one of the same
 * kind: no counter is reset, so the law holds at every instant, and all that
 * was produced before has been waited for. The old producer's name is lost, its
 * counts are not (story: many_producers).
 */
static struct account_producer *row_continue(const struct producer_facts *facts)
{
	for (uint32_t i = 0; i < LAST; i++) {
		struct account_producer *producer = producer_at(i);
		struct trace_producer *row = producer_row(producer);
		uint32_t settled = ACCOUNT_SETTLED;

		if (claimed(producer) != ACCOUNT_SETTLED || !is_of_kind(row, facts) ||
		    !__atomic_compare_exchange_n(&producer->claimed, &settled, ACCOUNT_OPEN,
						 false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		__atomic_store_n(&producer->destroying, false, __ATOMIC_RELEASE);
		if (row->state == PRODUCER_DESTROYED)
			writer_add_shared(&row->predecessors, 1);
		row->name = 0;
		row->destroy_began_ns = row->destroyed_ns = 0;
		row->flush_result = TRACE_UNKNOWN;
		producer_more(producer)->close_left_how = FLUSH_NOT_LEFT;
		return producer;
	}
	return NULL;
}

/* ---- opening ---- */

static struct account_producer *row_take(void)
{
	for (uint32_t i = 0; i < LAST; i++) {
		uint32_t nobody = 0;

		if (!claimed(producer_at(i)) &&
		    __atomic_compare_exchange_n(&producer_at(i)->claimed, &nobody, ACCOUNT_OPEN,
						false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return producer_at(i);
	}
	writer_add_shared(&writer_section(SECTION_PRODUCER)->dropped, 1);
	return producer_at(LAST);
}

static void row_begin(struct account_producer *producer, const struct producer_facts *facts)
{
	struct trace_producer *row = producer_row(producer);
	bool named = facts->name && producer != producer_at(LAST);

	row->client = facts->client;
	row->library = facts->library;
	row->name = named ? writer_string(facts->name, strlen(facts->name)) : 0;
	row->acks = facts->acks;
	row->flush_result = TRACE_UNKNOWN;
	row->opened_ns = guest_now_ns();
	row->configuration = producer->configuration;
	producer_more(producer)->wait_bound_ms = TRACE_UNKNOWN;
	__atomic_store_n(&producer_more(producer)->state, 1, __ATOMIC_RELEASE);
	producer->topic = writer_topic(producer_index(producer), "", -1, trace->overflow_topic);
}

/* If another account has the same owner address, its owner was freed, closed or not. */
static void owner_set(struct account_producer *producer, const void *owner)
{
	for (uint32_t i = 0; owner && i < LAST && claimed(producer_at(i)); i++) {
		const void *same = owner;

		__atomic_compare_exchange_n(&producer_at(i)->owner, &same, NULL, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&producer->owner, owner, __ATOMIC_RELEASE);
}

struct account_producer *producer_open(const struct producer_facts *facts)
{
	bool used_up = claimed(producer_at(LAST - 1));
	struct account_producer *producer = used_up ? row_continue(facts) : NULL;

	if (!producer)
		producer = row_take();
	struct trace_producer *row = producer_row(producer);
	bool shared = producer == producer_at(LAST);

	if (!shared)
		owner_set(producer, facts->owner);
	if (row->state == PRODUCER_FREE)
		row_begin(producer, facts);
	producer_flags_set(producer, facts->flags | (shared ? SHARED_FLAGS : 0));
	__atomic_store_n(&row->state, PRODUCER_OPEN, __ATOMIC_RELEASE);
	writer_event(EVENT_PRODUCER_NEW, producer_index(producer), 0, 0);
	return producer;
}
