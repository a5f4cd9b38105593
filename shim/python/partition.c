/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.c - who waits for what, partition by partition: a
 * client's batches of one partition come to their ends one after the other,
 * so who has the last message's future knows of all before it.
 *
 * All of it runs under the interpreter's lock.
 */
#include "python/partition.h"

#include <string.h>

#include "account/pending.h"
#include "account/waits.h"
#include "cpython/api.h"
#include "python/frames.h"
#include "trace/map.h"
#include "trace/writer.h"

/* Row by row with SECTION_TOPIC; of this process if the generation says so. */
static struct partition {
	uint32_t generation;
	uint32_t producer;
	const void *last;   /* the future of the last message here; only compared */
	ssize_t references; /* that its client holds to it */
	uint32_t site;	    /* that sent it */
	const void *thread; /* the same, as Python knows it */
	bool returning;	    /* its send() still runs, and refers to it, too */
	bool kept;	    /* the application has it, done: it may have asked it, unseen */
} partitions[GUEST_TOPIC_ROWS];
static uint32_t partitions_high;

static bool is_current(const struct partition *partition)
{
	return partition->generation == guest_generation;
}

/* As long as nothing was seen to wait, nobody can tell whether something did. */
static void kept_set(struct partition *partition, bool kept)
{
	struct account_producer *producer = producer_at(partition->producer);
	bool any = false;

	partition->kept = kept;
	for (uint32_t i = 0; i < partitions_high && !any; i++)
		any = is_current(&partitions[i]) && partitions[i].kept &&
		      partitions[i].producer == partition->producer;
	if (any)
		producer_flags_set(producer, PRODUCER_WAITS_UNSEEN);
	else
		producer_flags_clear(producer, PRODUCER_WAITS_UNSEEN);
}

/*
 * Before a batch tells its futures. When it ends with the last message of its
 * partition, that one's future is alive: the batch holds it. So does a thread for
 * an instant between a send() and the step that drops what it returned; the
 * interpreter may have turned from it to the client's thread just there.
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

	if (!is_current(partition))
		*partition = (struct partition){
			.generation = guest_generation,
			.producer = trace->topics[row].producer,
		};
	/* An address given out again: nobody can ask its former owner any more. */
	for (uint32_t i = 0; i < partitions_high; i++)
		if (partitions[i].last == future)
			partitions[i].last = NULL;
	if (partitions_high <= row)
		partitions_high = row + 1;
	partition->last = future;
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

	for (uint32_t i = 0; i < partitions_high; i++) {
		const struct trace_topic *row = &trace->topics[i];
		size_t bytes;
		const char *name = writer_string_text(row->topic, &bytes);

		if (!is_current(&partitions[i]) || row->partition != number ||
		    strncmp(name, topic, bytes) != 0 || topic[bytes])
			continue;
		if (found)
			return NULL;
		found = producer_at(partitions[i].producer);
	}
	return found;
}

void python_partition_returned(const void *future)
{
	for (uint32_t i = 0; i < partitions_high; i++) {
		struct partition *partition = &partitions[i];

		if (partition->last != future || !is_current(partition))
			continue;
		partition->returning = false;
		/* It was done before anybody could have it: so there was no last look. */
		if (pending_is_settled(i) &&
		    !python_frames_drop_now(partition->thread, partition->site))
			kept_set(partition, true);
	}
}

void python_partition_watched(const void *future)
{
	for (uint32_t i = 0; i < partitions_high; i++)
		if (is_current(&partitions[i]) && partitions[i].last == future)
			kept_set(&partitions[i], true);
}

void python_partition_got(const void *future)
{
	for (uint32_t i = 0; i < partitions_high; i++) {
		const struct partition *partition = &partitions[i];

		if (is_current(partition) && partition->last == future &&
		    pending_is_settled(i)) {
			wait_got(i, pending_appended(i));
			return;
		}
	}
}

/* One batch of a partition comes to its end after the other. */
void python_partition_batch_got(uint32_t row)
{
	if (is_current(&partitions[row]))
		wait_got(row, pending_settled(row));
}
