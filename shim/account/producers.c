/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producers.c - see producers.h.
 *
 * The last row stands for all producers that found no row of their own:
 * their messages are counted exactly, only not told apart.
 */
#include "account/producers.h"

#include <string.h>

#include "account/held.h"
#include "trace/map.h"
#include "trace/writer.h"

#define HANDLES 1024

/* Of several producers in one row nobody can say who has waited. */
#define OVERFLOW_FLAGS (PRODUCER_OVERFLOW | PRODUCER_WAITS_UNSEEN)

static struct handle handles[HANDLES];
static uint32_t handles_high; /* no handle beyond it was ever taken */

struct handle *handle_take(const struct copy *copy)
{
	for (uint32_t i = 0; i < HANDLES; i++) {
		uint32_t taken = 0;

		if (!__atomic_compare_exchange_n(&handles[i].taken, &taken, 1, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		handles[i] = (struct handle){.taken = 1, .copy = copy, .acks = TRACE_UNKNOWN};
		uint32_t high = __atomic_load_n(&handles_high, __ATOMIC_RELAXED);

		while (high < i + 1 &&
		       !__atomic_compare_exchange_n(&handles_high, &high, i + 1, true,
						    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			;
		return &handles[i];
	}
	return NULL;
}

void handle_release(struct handle *handle)
{
	__atomic_store_n(&handle->rk, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&handle->taken, 0, __ATOMIC_RELEASE);
}

struct handle *handle_find(const rd_kafka_t *rk)
{
	uint32_t high = __atomic_load_n(&handles_high, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < high; i++)
		if (__atomic_load_n(&handles[i].rk, __ATOMIC_RELAXED) == rk)
			return &handles[i];
	return NULL;
}

static struct guest_producer *account_take(rd_kafka_t *rk)
{
	for (uint32_t i = 0; i < GUEST_PRODUCERS - 1; i++) {
		uint32_t claimed = 0;

		if (__atomic_load_n(&guest->producers[i].claimed, __ATOMIC_RELAXED) ||
		    !__atomic_compare_exchange_n(&guest->producers[i].claimed, &claimed, 1, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		__atomic_store_n(&guest->producers[i].rk, rk, __ATOMIC_RELAXED);
		return &guest->producers[i];
	}
	writer_add_shared(&writer_section(SECTION_PRODUCER)->dropped, 1);
	return &guest->producers[GUEST_PRODUCERS - 1];
}

static uint32_t library_row(const struct copy *copy)
{
	struct trace_section *section = writer_section(SECTION_LIBRARY);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);
	size_t bytes;

	for (uint32_t i = 0; i < used && i < section->rows; i++) {
		const char *path = writer_string_text(trace->libraries[i].path, &bytes);

		if (bytes == strlen(copy->path) && memcmp(path, copy->path, bytes) == 0)
			return i + 1;
	}
	uint32_t index = writer_claim(SECTION_LIBRARY);

	if (index == WRITER_NONE)
		return 0;
	struct trace_library *row = &trace->libraries[index];
	const char *version = USE(copy, rd_kafka_version_str)();

	row->linkage = copy->linkage;
	row->path = writer_string(copy->path, strlen(copy->path));
	row->version = writer_string(version, strlen(version));
	row->version_number = copy->version;
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
	return index + 1;
}

/* Sums some of the counters over the producer's topic rows and their cells. */
static uint64_t counts_sum(const struct guest_producer *producer, uint32_t kinds)
{
	uint64_t sum = 0;
	uint32_t topic = __atomic_load_n(&trace->topic_lists[producer_index(producer)],
					 __ATOMIC_ACQUIRE);

	for (; topic; topic = trace->topic_next[topic - 1]) {
		const struct trace_counts *counts = &trace->topics[topic - 1].counts;
		uint32_t cell = __atomic_load_n(&trace->cell_lists[topic - 1], __ATOMIC_ACQUIRE);

		for (;;) {
			for (unsigned kind = 0; kind < TRACE_COUNTS; kind++)
				if (kinds & 1u << kind)
					sum += __atomic_load_n(&counts->messages[kind],
							       __ATOMIC_ACQUIRE);
			if (!cell)
				break;
			counts = &trace->cells[cell - 1].counts;
			cell = trace->cell_next[cell - 1];
		}
	}
	return sum;
}

uint64_t producer_produced(const struct guest_producer *producer)
{
	uint64_t unrolled = counts_sum(producer, 1u << COUNT_UNROLLED);

	return counts_sum(producer, 1u << COUNT_SENT) - unrolled;
}

uint64_t producer_given(const struct guest_producer *producer)
{
	uint64_t produced = producer_produced(producer); /* before: never too many */
	uint64_t held = held_by(producer);

	return produced > held ? produced - held : 0;
}

uint64_t producer_done(const struct guest_producer *producer)
{
	return counts_sum(producer, 1u << COUNT_DELIVERED | 1u << COUNT_UNCONFIRMED |
					    1u << COUNT_FAILED | 1u << COUNT_PURGED);
}

/* ---- one row, one producer after the other ---- */

enum { ACCOUNT_OPEN = 1, ACCOUNT_SETTLED = 2 }; /* of guest_producer.claimed */

/* Every message done, waited for and told: nothing of it is left to judge. */
static bool account_is_settled(const struct guest_producer *producer)
{
	const struct trace_producer *row = producer_row(producer);
	uint64_t produced = producer_produced(producer);
	bool reports = (row->flags & PRODUCER_REPORTS) && !(row->flags & PRODUCER_REPORTS_ERRORS);

	return producer_done(producer) == produced && row->waited_for >= produced &&
	       (!reports || row->reports_served >= produced) &&
	       counts_sum(producer, 1u << COUNT_FAILED) == row->reports_served_failed &&
	       counts_sum(producer, 1u << COUNT_REJECTED) == row->rejected_retried &&
	       !(row->flags & (PRODUCER_OVERFLOW | PRODUCER_INHERITED | PRODUCER_IN_TRANSACTION |
			       PRODUCER_DESTROYED_IMMEDIATELY));
}

void producer_settle(struct guest_producer *producer)
{
	__atomic_store_n(&producer->rk, NULL, __ATOMIC_RELEASE);
	if (account_is_settled(producer))
		__atomic_store_n(&producer->claimed, ACCOUNT_SETTLED, __ATOMIC_RELEASE);
}

/*
 * A process may make producers for as long as it lives, one per request even.
 * When the rows are used up, a new one continues the row of a settled one of
 * its kind: no counter moves, they only go on, so the law holds at every
 * instant, and what was waited for is as much as was produced. Its name is
 * lost, its messages are not (story: many_producers).
 */
static struct guest_producer *account_continue(const struct handle *handle, uint32_t flags)
{
	uint32_t library = library_row(handle->copy);

	for (uint32_t i = 0; i < GUEST_PRODUCERS - 1; i++) {
		struct guest_producer *producer = &guest->producers[i];
		struct trace_producer *row = producer_row(producer);
		uint32_t settled = ACCOUNT_SETTLED;

		if (__atomic_load_n(&producer->claimed, __ATOMIC_ACQUIRE) != ACCOUNT_SETTLED ||
		    row->client != CLIENT_LIBRDKAFKA || row->library != library ||
		    row->acks != handle->acks || row->flags != (handle->flags | flags) ||
		    !__atomic_compare_exchange_n(&producer->claimed, &settled, ACCOUNT_OPEN, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		__atomic_store_n(&producer->destroying, false, __ATOMIC_RELEASE);
		if (row->state == PRODUCER_DESTROYED)
			writer_add_shared(&row->predecessors, 1);
		row->name = 0;
		row->destroy_began_ns = row->destroyed_ns = 0;
		row->flush_result = TRACE_UNKNOWN;
		return producer;
	}
	return NULL;
}

static bool rows_are_used_up(void)
{
	return __atomic_load_n(&guest->producers[GUEST_PRODUCERS - 2].claimed, __ATOMIC_ACQUIRE);
}

static struct guest_producer *account_open(const struct handle *handle, uint32_t flags)
{
	struct guest_producer *producer = rows_are_used_up() ? account_continue(handle, flags)
							     : NULL;

	if (!producer)
		return account_take(handle->rk);
	__atomic_store_n(&producer->rk, handle->rk, __ATOMIC_RELEASE);
	return producer;
}

void producer_open(struct handle *handle, uint32_t flags)
{
	struct guest_producer *producer = account_open(handle, flags);
	uint32_t index = producer_index(producer);
	struct trace_producer *row = producer_row(producer);
	const char *name = USE(handle->copy, rd_kafka_name)(handle->rk);
	uint32_t overflow = index == GUEST_PRODUCERS - 1 ? OVERFLOW_FLAGS : 0;

	__atomic_fetch_or(&trace->process->notes, NOTE_KAFKA_API, __ATOMIC_RELAXED);
	if (row->state == PRODUCER_FREE) {
		row->client = CLIENT_LIBRDKAFKA;
		row->library = library_row(handle->copy);
		row->name = overflow ? 0 : writer_string(name, strlen(name));
		row->acks = handle->acks;
		row->flush_result = TRACE_UNKNOWN;
		row->opened_ns = guest_now_ns();
		row->configuration = producer->configuration;
		producer->topic = writer_topic(index, "", -1, trace->overflow_topic);
	}
	__atomic_fetch_or(&row->flags, handle->flags | flags | overflow, __ATOMIC_RELAXED);
	handle->producer = index;
	__atomic_store_n(&row->state, PRODUCER_OPEN, __ATOMIC_RELEASE);
	writer_event(EVENT_PRODUCER_NEW, index, 0, 0);
}

struct guest_producer *producer_open_other(void *object, enum trace_client client, uint32_t flags)
{
	struct guest_producer *producer = account_take(object);
	uint32_t index = producer_index(producer);
	struct trace_producer *row = producer_row(producer);
	uint32_t overflow = index == GUEST_PRODUCERS - 1 ? PRODUCER_OVERFLOW : 0;

	if (!overflow || row->state == PRODUCER_FREE) {
		row->client = client;
		row->acks = TRACE_UNKNOWN;
		row->flush_result = TRACE_UNKNOWN;
		row->opened_ns = guest_now_ns();
		producer->topic = writer_topic(index, "", -1, trace->overflow_topic);
	}
	__atomic_fetch_or(&row->flags, flags | overflow, __ATOMIC_RELAXED);
	__atomic_store_n(&row->state, PRODUCER_OPEN, __ATOMIC_RELEASE);
	writer_event(EVENT_PRODUCER_NEW, index, 0, 0);
	return producer;
}

struct guest_producer *producer_of_inherited(struct handle *handle)
{
	struct guest_producer *producer = &guest->producers[handle->producer];

	/* Its account is another's, or wiped: this is a child of fork, and
	 * the parent made the handle (story: forks_then_produces). */
	if (!(producer_row(producer)->flags & PRODUCER_OVERFLOW)) {
		producer_open(handle, PRODUCER_INHERITED);
		producer = &guest->producers[handle->producer];
	}
	return producer;
}

struct guest_producer *producer_find(const rd_kafka_t *rk)
{
	for (uint32_t i = 0; i < GUEST_PRODUCERS - 1; i++) {
		if (!__atomic_load_n(&guest->producers[i].claimed, __ATOMIC_ACQUIRE))
			break;
		if (__atomic_load_n(&guest->producers[i].rk, __ATOMIC_RELAXED) == rk)
			return &guest->producers[i];
	}
	return NULL;
}

void producer_waited(struct guest_producer *producer, uint64_t produced, enum trace_waited_by by)
{
	struct trace_producer *row = producer_row(producer);
	uint64_t old = __atomic_load_n(&row->waited_for, __ATOMIC_RELAXED);

	/* Of several producers in one row nobody can say who has waited. */
	if (row->flags & PRODUCER_OVERFLOW)
		return;
	if (produced > old || row->waited_by == WAITED_NOT)
		row->waited_by = by;
	writer_max(&row->waited_for, produced);
}

void producer_error(struct guest_producer *producer, int32_t code, enum trace_count count)
{
	struct trace_error *errors = producer_row(producer)->errors;

	for (int i = 0; i < TRACE_ERRORS - 1; i++) {
		int32_t free = 0;

		if (__atomic_load_n(&errors[i].code, __ATOMIC_ACQUIRE) == 0 &&
		    __atomic_compare_exchange_n(&errors[i].code, &free, code, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			__atomic_store_n(&errors[i].count, (uint32_t)count, __ATOMIC_RELEASE);
		if (errors[i].code == code && errors[i].count == (uint32_t)count) {
			writer_add_shared(&errors[i].messages, 1);
			return;
		}
	}
	errors[TRACE_ERRORS - 1].code = TRACE_ERROR_OTHER;
	errors[TRACE_ERRORS - 1].count = (uint32_t)count;
	writer_add_shared(&errors[TRACE_ERRORS - 1].messages, 1);
}

/* ---- topic and queue handles ---- */

static uint32_t object_slot(const void *object)
{
	return (uint32_t)(((uint64_t)(uintptr_t)object * 0x9e3779b97f4a7c15u) >> 40);
}

void object_remember(const void *object, const struct guest_producer *producer)
{
	uint32_t at = object_slot(object);

	for (uint32_t probe = 0; probe < GUEST_OBJECTS; probe++, at++) {
		struct guest_object *entry = &guest->objects[at % GUEST_OBJECTS];
		const void *free = NULL;

		if (entry->object != object &&
		    !__atomic_compare_exchange_n(&entry->object, &free, object, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			continue;
		__atomic_store_n(&entry->producer, producer_index(producer) + 1, __ATOMIC_RELEASE);
		return;
	}
}

/* The only producer that there is, when its making was not seen. */
static struct guest_producer *producer_only(void)
{
	struct guest_producer *found = NULL;

	for (uint32_t i = 0; i < GUEST_PRODUCERS - 1; i++) {
		if (!guest->producers[i].rk)
			continue;
		if (found)
			return NULL;
		found = &guest->producers[i];
	}
	return found;
}

struct guest_producer *object_producer(const void *object)
{
	uint32_t at = object_slot(object);

	for (uint32_t probe = 0; probe < GUEST_OBJECTS; probe++, at++) {
		struct guest_object *entry = &guest->objects[at % GUEST_OBJECTS];

		if (!entry->object)
			break;
		if (entry->object == object && entry->producer)
			return &guest->producers[entry->producer - 1];
	}
	return producer_only();
}
