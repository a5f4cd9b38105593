/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.c - see refused.h.
 */
#include "account/refused.h"

#include "account/counts.h"
#include "guest/hash.h"
#include "trace/writer.h"

uint64_t refused_print_begin(void)
{
	return HASH_BEGIN;
}

uint64_t refused_print_bytes(uint64_t print, const void *bytes, uint64_t size)
{
	size_t end = size < REFUSED_END_BYTES ? (size_t)size : REFUSED_END_BYTES;

	if (bytes) {
		print = hash_bytes(print, bytes, end);
		print = hash_bytes(print, (const char *)bytes + size - end, end);
	}
	return hash_bytes(print, &size, sizeof size);
}

uint64_t refused_print_number(uint64_t print, uint64_t number)
{
	return hash_bytes(print, &number, sizeof number);
}

uint64_t refused_print_end(uint64_t print)
{
	return print | 1; /* 0 is a free entry */
}

static bool entry_becomes(struct account_producer *producer, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < ACCOUNT_REFUSED; i++) {
		uint64_t found = from;

		if (__atomic_load_n(&producer->refused[i], __ATOMIC_RELAXED) == from &&
		    __atomic_compare_exchange_n(&producer->refused[i], &found, to, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

static void retried(const struct account_producer *producer)
{
	writer_add_shared(&producer_row(producer)->rejected_retried, 1);
}

static void open_add(struct account_producer *producer, uint32_t more)
{
	__atomic_fetch_add(&producer->refused_open, more, __ATOMIC_RELAXED);
	__atomic_fetch_add(&account_state->refused_total, more, __ATOMIC_RELAXED);
}

/* Counted before it is entered: who finds it accepted takes one away. */
static void remember(struct account_producer *producer, uint64_t print)
{
	if (!print)
		return;
	if (entry_becomes(producer, print, print)) { /* refused twice is one message */
		retried(producer);
		return;
	}
	open_add(producer, 1);
	if (!entry_becomes(producer, 0, print))
		open_add(producer, -1u);
}

void refused_add(struct account_producer *producer, const char *topic, uint32_t site,
		 uint64_t bytes, int32_t error, uint64_t print)
{
	struct guest_thread *self = guest_this_thread();

	count_in(count_row(producer, topic, -1), site, COUNT_REJECTED, 1, bytes);
	count_error(producer, error, COUNT_REJECTED, 1);
	remember(producer, print);
	bool outermost = guest_enter_anyhow(self);

	writer_event(EVENT_REJECTED, producer_index(producer), error, (int64_t)bytes);
	guest_leave_anyhow(self, outermost);
}

void refused_retried(struct account_producer *producer, uint64_t print)
{
	if (!entry_becomes(producer, print, 0))
		return;
	retried(producer);
	open_add(producer, -1u);
}

void refused_forget(struct account_producer *producer)
{
	for (size_t i = 0; i < ACCOUNT_REFUSED; i++)
		if (__atomic_exchange_n(&producer->refused[i], 0, __ATOMIC_ACQ_REL))
			open_add(producer, -1u);
}
