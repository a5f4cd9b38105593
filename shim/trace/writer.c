/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c - see writer.h.
 *
 * Rows that are looked up (topics, cells) form open-addressed hash tables:
 * a row is taken with one compare-and-swap of its state from 0 to TAKING and
 * published with a release store of READY. If a thread is killed in between,
 * readers skip the row.
 */
#include "trace/writer.h"

#include <string.h>
#include <sys/prctl.h>

#include "guest/hash.h"
#include "guest/state.h"
#include "trace/map.h"

enum { ROW_FREE = 0, ROW_TAKING = 1, ROW_READY = WRITER_READY };

#define PROBES 64

/* This thread's row of SECTION_THREAD. */
struct writer_slot {
	uint16_t slot;	/* the row plus 1; 0 none yet */
	uint16_t retry; /* calls until one is asked for again */
};
static GUEST_THREAD(struct writer_slot, writer_slot);

struct trace_section *writer_section(enum trace_section_kind kind)
{
	/* file.c lays the sections out in the order of their kinds. */
	return &trace->header->sections[kind - 1];
}

uint32_t writer_claim(enum trace_section_kind kind)
{
	struct trace_section *section = writer_section(kind);
	uint32_t row = __atomic_load_n(&section->used, __ATOMIC_RELAXED);

	while (row < section->rows)
		if (__atomic_compare_exchange_n(&section->used, &row, row + 1, true,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return row;
	writer_add_shared(&section->dropped, 1);
	return WRITER_NONE;
}

trace_string writer_string(const char *text, size_t bytes)
{
	struct trace_section *section = writer_section(SECTION_STRING);
	uint32_t at = __atomic_load_n(&section->used, __ATOMIC_RELAXED);
	uint16_t length = (uint16_t)(bytes > 65535 ? 65535 : bytes);
	uint32_t need = (uint32_t)(sizeof length + length + 1);

	if (!bytes)
		return 0;
	do {
		if (at + need > section->rows) {
			writer_add_shared(&section->dropped, 1);
			return 0;
		}
	} while (!__atomic_compare_exchange_n(&section->used, &at, at + need, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	char *to = trace->strings + at;

	memcpy(to + sizeof length, text, length);
	memcpy(to, &length, sizeof length); /* last: 0 until the text is whole */
	return at;
}

trace_string writer_string_once(const char *text, size_t bytes)
{
	const struct trace_section *section = writer_section(SECTION_STRING);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);
	uint16_t length;

	for (uint32_t at = WRITER_STRINGS_BEGIN; at + sizeof length <= used;
	     at += (uint32_t)sizeof length + length + 1) {
		memcpy(&length, trace->strings + at, sizeof length);
		if (!length)
			break; /* being written: its length is not known yet */
		if (length == bytes &&
		    !memcmp(trace->strings + at + sizeof length, text, bytes))
			return at;
	}
	return writer_string(text, bytes);
}

const char *writer_string_text(trace_string string, size_t *bytes)
{
	uint16_t length = 0;

	if (string)
		memcpy(&length, trace->strings + string, sizeof length);
	*bytes = length;
	return trace->strings + string + sizeof length;
}

static bool thread_is_dead(int32_t tid)
{
	return RAW_3(SYS_tgkill, guest->pid, tid, 0) == -3; /* ESRCH */
}

/* Takes over a dead thread's slot, with its ring and its cells: counts only grow, so two
 * threads may add to them one after the other. */
static uint32_t thread_take_over(int32_t tid)
{
	uint32_t rows = writer_section(SECTION_THREAD)->rows;

	for (uint32_t row = 0; row < rows; row++) {
		struct trace_thread *thread = &trace->threads[row];
		int32_t owner = __atomic_load_n(&thread->tid, __ATOMIC_RELAXED);

		if (__atomic_load_n(&thread->state, __ATOMIC_ACQUIRE) &&
		    thread_is_dead(owner) &&
		    __atomic_compare_exchange_n(&thread->tid, &owner, tid, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			writer_add(&thread->takeovers, 1);
			return row;
		}
	}
	return WRITER_NONE;
}

uint16_t writer_thread(void)
{
	struct writer_slot *own = &writer_slot;

	guest_this_thread(); /* in a forked child, `own` is empty from here on */
	if (LIKELY(own->slot))
		return own->slot;
	/* All slots taken: asking again costs a call per slot, so not often. */
	if (own->retry) {
		own->retry--;
		return 0;
	}
	int32_t tid = (int32_t)RAW_0(SYS_gettid);
	struct trace_section *section = writer_section(SECTION_THREAD);
	uint32_t row = __atomic_load_n(&section->used, __ATOMIC_RELAXED) < section->rows
			       ? writer_claim(SECTION_THREAD)
			       : WRITER_NONE;

	if (row == WRITER_NONE)
		row = thread_take_over(tid);
	if (row == WRITER_NONE) {
		own->retry = 4096;
		return 0;
	}
	struct trace_thread *thread = &trace->threads[row];

	__atomic_store_n(&thread->tid, tid, __ATOMIC_RELAXED);
	RAW_2(SYS_prctl, PR_GET_NAME, thread->name);
	__atomic_store_n(&thread->state, ROW_READY, __ATOMIC_RELEASE);
	own->slot = (uint16_t)(row + 1);
	return own->slot;
}

void writer_event_at(int64_t at_ns, enum trace_event_kind kind, uint32_t object, int64_t a,
		     int64_t b)
{
	uint16_t slot = guest_this_thread()->nested ? 0 : writer_thread();

	if (UNLIKELY(!slot)) {
		writer_add_shared(&trace->process->events_dropped, 1);
		return;
	}
	struct trace_thread *thread = &trace->threads[slot - 1];
	uint64_t head = thread->head;

	guest_thread.run = NULL;
	trace->rings[(size_t)(slot - 1) * TRACE_RING_EVENTS + head % TRACE_RING_EVENTS] =
		(struct trace_event){at_ns, (uint16_t)kind, 0, object, a, b};
	__atomic_store_n(&thread->head, head + 1, __ATOMIC_RELEASE);
}

static struct trace_event *last_event(uint16_t slot)
{
	uint64_t head = trace->threads[slot - 1].head;

	return &trace->rings[(size_t)(slot - 1) * TRACE_RING_EVENTS +
			     (head - 1) % TRACE_RING_EVENTS];
}

void writer_write_event(int64_t at_ns, uint32_t object, int64_t offered, int64_t result)
{
	struct guest_thread *self = guest_this_thread();
	bool small = result == offered && offered <= WRITER_RUN_BYTES && !self->nested;

	if (small && writer_joins_run(self, at_ns, object, offered))
		return;
	writer_event_at(at_ns, EVENT_WRITE, object, offered, result);
	if (small && writer_slot.slot)
		self->run = last_event(writer_slot.slot);
}

void writer_event(enum trace_event_kind kind, uint32_t object, int64_t a, int64_t b)
{
	writer_event_at(guest_now_ns(), kind, object, a, b);
}

static uint32_t hash_mix(uint64_t value)
{
	/* Twice: the low bits of a product do not depend on the high bits of its
	 * factors, which hold the producer (story: many_producers). */
	for (int i = 0; i < 2; i++)
		value = (value ^ value >> 32) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio */
	return (uint32_t)(value >> 32);
}

static uint32_t topic_hash(uint32_t producer, const char *topic, int32_t partition)
{
	uint64_t hash = hash_text(HASH_BEGIN, topic);

	return hash_mix(hash ^ (uint64_t)producer << 48 ^ (uint32_t)partition);
}

static bool row_take(uint32_t *state)
{
	uint32_t expected = ROW_FREE;

	return __atomic_compare_exchange_n(state, &expected, ROW_TAKING, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
}

/* Puts row `index` first in a list of rows plus 1. */
static void list_push(uint32_t *list, uint32_t *next, uint32_t index)
{
	uint32_t first = __atomic_load_n(list, __ATOMIC_RELAXED);

	do
		next[index] = first;
	while (!__atomic_compare_exchange_n(list, &first, index + 1, true, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
}

static bool topic_is(const struct trace_topic *row, uint32_t producer, const char *topic,
		     int32_t partition)
{
	if (row->producer != producer || row->partition != partition)
		return false;
	size_t bytes;
	const char *text = writer_string_text(row->topic, &bytes);

	return strncmp(text, topic, bytes) == 0 && topic[bytes] == '\0';
}

uint32_t writer_topic(uint32_t producer, const char *topic, int32_t partition,
		      uint32_t catch_all)
{
	struct trace_section *section = writer_section(SECTION_TOPIC);
	uint32_t at = topic_hash(producer, topic, partition);

	for (uint32_t probe = 0; probe < PROBES; probe++, at++) {
		uint32_t index = at % GUEST_TOPIC_ROWS;
		struct trace_topic *row = &trace->topics[index];
		uint32_t state = __atomic_load_n(&row->state, __ATOMIC_ACQUIRE);

		if (state == ROW_READY && topic_is(row, producer, topic, partition))
			return index;
		if (state != ROW_FREE || !row_take(&row->state))
			continue;
		row->producer = producer;
		row->partition = partition;
		row->topic = writer_string(topic, strlen(topic));
		if (!row->topic && *topic) { /* no room for the name */
			__atomic_store_n(&row->state, ROW_FREE, __ATOMIC_RELEASE);
			return catch_all;
		}
		list_push(&trace->topic_lists[producer], trace->topic_next, index);
		__atomic_store_n(&row->state, ROW_READY, __ATOMIC_RELEASE);
		return index;
	}
	writer_add_shared(&section->dropped, 1);
	return catch_all;
}

struct trace_cell *writer_cell(uint32_t topic, uint32_t site)
{
	uint32_t thread = writer_thread();

	if (!thread)
		return NULL;
	thread--;
	struct trace_section *section = writer_section(SECTION_CELL);
	uint32_t at = hash_mix((uint64_t)topic << 32 ^ site << 8 ^ thread);

	for (uint32_t probe = 0; probe < PROBES; probe++, at++) {
		uint32_t index = at % GUEST_CELLS;
		struct trace_cell *cell = &trace->cells[index];
		uint32_t state = __atomic_load_n(&cell->state, __ATOMIC_ACQUIRE);

		if (state == ROW_READY && cell->topic == topic && cell->thread == thread &&
		    cell->site == site)
			return cell;
		if (state != ROW_FREE || !row_take(&cell->state))
			continue;
		cell->topic = topic;
		cell->thread = thread;
		cell->site = site;
		list_push(&trace->cell_lists[topic], trace->cell_next, index);
		__atomic_store_n(&cell->state, ROW_READY, __ATOMIC_RELEASE);
		return cell;
	}
	writer_add_shared(&section->dropped, 1);
	return NULL;
}
