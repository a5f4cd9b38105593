/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending.c - see pending.h.
 */
#include "account/pending.h"

#include "trace/writer.h"

static struct account_pending *pending_at(uint32_t row)
{
	return &account_state->pending[row];
}

static uint64_t read_of(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

void pending_append(uint32_t row, uint64_t messages)
{
	__atomic_fetch_add(&pending_at(row)->appended, messages, __ATOMIC_RELEASE);
}

void pending_settle(uint32_t row, uint64_t messages)
{
	__atomic_fetch_add(&pending_at(row)->settled, messages, __ATOMIC_RELEASE);
}

uint64_t pending_appended(uint32_t row)
{
	return read_of(&pending_at(row)->appended);
}

uint64_t pending_settled(uint32_t row)
{
	return read_of(&pending_at(row)->settled);
}

bool pending_is_covered(uint32_t row)
{
	uint64_t covered = read_of(&pending_at(row)->covered);

	return covered == pending_appended(row);
}

void pending_cover(uint32_t row, uint64_t messages)
{
	writer_max(&pending_at(row)->covered, messages);
}

uint32_t pending_first(const struct account_producer *producer)
{
	return __atomic_load_n(&trace->topic_lists[producer_index(producer)], __ATOMIC_ACQUIRE);
}

uint32_t pending_next(uint32_t row)
{
	return trace->topic_next[row - 1];
}

void pending_cover_all(const struct account_producer *producer)
{
	for (uint32_t row = pending_first(producer); row; row = pending_next(row))
		pending_cover(row - 1, pending_appended(row - 1));
}

uint64_t pending_covered(const struct account_producer *producer)
{
	uint64_t covered = 0;

	for (uint32_t row = pending_first(producer); row; row = pending_next(row))
		covered += read_of(&pending_at(row - 1)->covered);
	return covered;
}
