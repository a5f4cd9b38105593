/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.c - how far the application has waited, by partition. A client's
 * batches of one partition end one after the other, so a wait for the last
 * message's future is a wait for all before it.
 *
 * All code here runs under the interpreter's lock.
 */
#include "python/partition.h"

#include <string.h>

#include "account/pending.h"
#include "account/waits.h"
#include "cpython/api.h"
#include "guest/hash.h"
#include "python/frames.h"
#include "trace/map.h"
#include "trace/writer.h"

/* By row of SECTION_TOPIC; valid in this process if the generation is the present one. */
static struct partition {
	uint32_t generation;
	uint32_t producer;
	const void *last;   /* the future of the last message here; only compared; or NULL */
	uint32_t after;	    /* with `last`: the next one of its chain, row plus 1 */
	ssize_t references; /* that its client holds to it */
	uint32_t site;	    /* that sent it */
	const void *thread; /* the same, as Python knows it */
	bool returning;	    /* its send() still runs, and refers to it, too */
	bool kept;	    /* the application has it, done: it may have asked it unseen */
} partitions[GUEST_TOPIC_ROWS];

/* A hash table of the rows that have a `last`, by its address: a producer may have many
 * partitions, and each message looks for its own. */
static uint16_t partitions_used[GUEST_TOPIC_ROWS];
static uint32_t partitions_count;
#define CHAINS 1024
static uint32_t chains[CHAINS]; /* row plus 1; 0 none */

/* How many of a producer's partitions are `kept`, in this process. */
static struct kept {
	uint32_t generation;
	uint32_t partitions;
} kept_by[GUEST_PRODUCERS];

static uint32_t row_of(const struct partition *partition)
{
	return (uint32_t)(partition - partitions);
}

static uint32_t *chain_of(const void *future)
{
	return &chains[hash_address(future) % CHAINS];
}

/* NULL: the future is not the last of a partition. It can be that of only one. */
static struct partition *partition_find(const void *future)
{
	for (uint32_t row = *chain_of(future); row; row = partitions[row - 1].after)
		if (partitions[row - 1].last == future)
			return &partitions[row - 1];
	return NULL;
}

static void last_forget(struct partition *partition)
{
	uint32_t *link = chain_of(partition->last);

	if (!partition->last)
		return;
	while (*link != row_of(partition) + 1)
		link = &partitions[*link - 1].after;
	*link = partition->after;
	partition->last = NULL;
}

static void last_set(struct partition *partition, const void *future)
{
	uint32_t *link = chain_of(future);

	partition->last = future;
	partition->after = *link;
	*link = row_of(partition) + 1;
}

static bool is_current(const struct partition *partition)
{
	return partition->generation == guest_generation;
}

/* While no wait was seen, it is not known whether the application waited. */
static void kept_set(struct partition *partition, bool is_kept)
{
	struct kept *kept = &kept_by[partition->producer];

	if (kept->generation != guest_generation)
		*kept = (struct kept){.generation = guest_generation};
	kept->partitions += (uint32_t)is_kept - (uint32_t)partition->kept;
	partition->kept = is_kept;
	if (kept->partitions)
		producer_flags_set(producer_at(partition->producer), PRODUCER_WAITS_UNSEEN);
	else
		producer_flags_clear(producer_at(partition->producer), PRODUCER_WAITS_UNSEEN);
}

/*
 * Called before a batch completes its futures. If it ends with the last message
 * of its partition, that message's future exists, because the batch has a
 * reference. A thread has one, too, between the return of send() and the
 * operation that drops the result; the interpreter may have switched to the
 * client's thread just there.
 */
static void last_look(uint32_t row, uint32_t messages)
{
	struct partition *partition = &partitions[row];

	if (partition->last && !partition->returning &&
	    pending_settled(row) + messages == pending_appended(row) &&
	    python_references(partition->last) > partition->references &&
	    !python_frames_drop_now(partition->thread, partition->site))
		kept_set(partition, true);
}

void python_partition_settled(uint32_t row, uint32_t messages)
{
	if (!is_current(&partitions[row]))
		return;
	last_look(row, messages);
	pending_settle(row, messages);
}

void python_partition_appended(uint32_t row, uint32_t site, const void *future,
			       ssize_t references)
{
	struct partition *partition = &partitions[row];
	/* The address is used again: the former future at it was freed, and cannot be asked any
	 * more. */
	struct partition *former = partition_find(future);

	if (former)
		last_forget(former);
	last_forget(partition);
	if (!partition->generation)
		partitions_used[partitions_count++] = (uint16_t)row;
	if (!is_current(partition))
		*partition = (struct partition){
			.generation = guest_generation,
			.producer = trace->topics[row].producer,
		};
	if (future)
		last_set(partition, future);
	partition->references = references;
	partition->site = site;
	partition->thread = py.PyGILState_GetThisThreadState();
	partition->returning = true;
	pending_append(row, 1);
	if (partition->kept)
		kept_set(partition, false);
}

struct account_producer *python_partition_owner(const char *topic, int32_t number)
{
	struct account_producer *found = NULL;

	for (uint32_t i = 0; i < partitions_count; i++) {
		const struct partition *partition = &partitions[partitions_used[i]];
		const struct trace_topic *row = &trace->topics[partitions_used[i]];
		size_t bytes;
		const char *name = writer_string_text(row->topic, &bytes);

		if (!is_current(partition) || row->partition != number ||
		    strncmp(name, topic, bytes) != 0 || topic[bytes])
			continue;
		if (found)
			return NULL;
		found = producer_at(partition->producer);
	}
	return found;
}

/* In this process. */
static struct partition *partition_find_current(const void *future)
{
	struct partition *partition = partition_find(future);

	return partition && is_current(partition) ? partition : NULL;
}

void python_partition_returned(const void *future)
{
	struct partition *partition = partition_find_current(future);

	if (!partition)
		return;
	partition->returning = false;
	/* It was done before send() returned it, so last_look() did not see it. */
	if (pending_is_settled(row_of(partition)) &&
	    !python_frames_drop_now(partition->thread, partition->site))
		kept_set(partition, true);
}

void python_partition_watched(const void *future)
{
	struct partition *partition = partition_find_current(future);

	if (partition)
		kept_set(partition, true);
}

void python_partition_got(const void *future)
{
	const struct partition *partition = partition_find_current(future);

	if (partition && pending_is_settled(row_of(partition)))
		wait_got(row_of(partition), pending_appended(row_of(partition)));
}

/* The batches of a partition end one after the other. */
void python_partition_batch_got(uint32_t row)
{
	if (is_current(&partitions[row]))
		wait_got(row, pending_settled(row));
}
