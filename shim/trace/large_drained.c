/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large_drained.c - see large_drained.h.
 */
#include "trace/large_drained.h"

#include "guest/guest.h"
#include "trace/large.h"

void large_drains_begin(void)
{
	__atomic_store_n(&trace->large_drains, true, __ATOMIC_RELAXED);
}

void large_drained(uint32_t producer, uint32_t batch, uint64_t records)
{
	struct large_drain *drain = &trace->large_drain[producer];

	drain->records += records;
	drain->last_ns = guest_now_ns();
	if (drain->count < LARGE_DRAINED)
		drain->batches[drain->count] = batch;
	drain->count++;
}

void large_drained_written(int32_t records, int64_t began_ns, int64_t now_ns)
{
	if (!owners_thread.producer)
		return;
	struct large_drain *drain = &trace->large_drain[owners_thread.producer - 1];
	bool known = drain->count && drain->count <= LARGE_DRAINED && records > 0 &&
		     drain->records == (uint64_t)records && began_ns >= drain->last_ns;

	for (uint32_t i = 0; known && i < drain->count; i++)
		large_batch_carried(drain->batches[i], began_ns, now_ns);
	drain->records = 0;
	drain->count = 0;
}
