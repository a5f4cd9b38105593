/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.c - a partition's batches, and who has waited for them.
 *
 * Records enter the newest batch of a partition alone, under the client's lock
 * of that partition: its sums are kept here, and go to the batch's own tag when
 * the next one begins.
 */
#include "java/partition.h"

#include "account/producers.h"
#include "trace/map.h"

/* Row by row with SECTION_TOPIC; of this process if the generation says so. */
static struct partition {
	uint32_t generation;
	uint32_t producer;
	uint32_t number; /* of the newest batch */
	uint32_t site;
	uint64_t bytes;
	uint64_t newest; /* records in it */
	java_ref result; /* its ProduceRequestResult: a weak reference */
	uint64_t appended;
	uint64_t settled;
	uint64_t covered;
	bool asked; /* the last record that has ended had a callback */
} partitions[GUEST_TOPIC_ROWS];

static struct partition *partition_of(uint32_t row)
{
	struct partition *partition = &partitions[row];

	return partition->generation == guest_generation + 1 ? partition : NULL;
}

/* ---- batches ---- */

/* The sums of the batch that was the newest, into its tag. */
static void newest_close(jni_env env, struct partition *partition, uint32_t row)
{
	struct java_batch batch = {
		.begun = true,
		.row = row + 1,
		.site = partition->site,
		.number = partition->number,
		.bytes = partition->bytes,
	};
	java_ref result = partition->result ? JNI(env, NewLocalRef)(env, partition->result) : NULL;

	if (result) {
		batch.failed = java_batch_tag_read(result).failed;
		java_batch_tag_write(result, &batch);
		JNI(env, DeleteLocalRef)(env, result);
	}
	if (partition->result)
		JNI(env, DeleteWeakGlobalRef)(env, partition->result);
	partition->result = NULL;
}

void java_partition_batch_begin(jni_env env, java_ref result, struct java_batch *batch,
				uint64_t records)
{
	uint32_t row = batch->row - 1;
	struct partition *partition = &partitions[row];

	if (!partition_of(row))
		*partition = (struct partition){.generation = guest_generation + 1,
						.producer = trace->topics[row].producer};
	newest_close(env, partition, row);
	batch->number = (partition->number + 1) % JAVA_BATCH_NUMBERS;
	java_batch_tag_write(result, batch);
	/* Who still takes it for the batch before finds that one's tag (total). */
	__atomic_store_n(&partition->number, batch->number, __ATOMIC_SEQ_CST);
	partition->result = JNI(env, NewWeakGlobalRef)(env, result);
	partition->bytes = batch->bytes;
	partition->site = batch->site;
	partition->newest = records;
	__atomic_fetch_add(&partition->appended, records, __ATOMIC_RELEASE);
}

void java_partition_batch_add(uint32_t row, uint32_t site, uint64_t bytes)
{
	struct partition *partition = &partitions[row];

	if (partition->site != site)
		partition->site = 0;
	partition->bytes += bytes;
	partition->newest++;
	__atomic_fetch_add(&partition->appended, 1, __ATOMIC_RELEASE);
}

void java_partition_batch_total(struct java_batch *batch)
{
	const struct partition *partition = &partitions[batch->row - 1];

	if (__atomic_load_n(&partition->number, __ATOMIC_SEQ_CST) == batch->number) {
		batch->bytes = __atomic_load_n(&partition->bytes, __ATOMIC_SEQ_CST);
		batch->site = __atomic_load_n(&partition->site, __ATOMIC_SEQ_CST);
	}
}

/* ---- who waits ---- */

/*
 * A callback may be what the application waits for (by a latch, say), or may be
 * not: where every partition's last record had one and nothing else says that
 * it waited, nobody knows.
 */
static void waits_look(struct guest_producer *producer)
{
	bool asked = true;
	uint32_t index = producer_index(producer);
	struct trace_producer *row = producer_row(producer);

	for (uint32_t list = __atomic_load_n(&trace->topic_lists[index], __ATOMIC_ACQUIRE);
	     list && asked; list = trace->topic_next[list - 1]) {
		const struct partition *partition = partition_of(list - 1);

		asked = !partition || partition->covered == partition->appended ||
			partition->asked;
	}
	if (row->flags & PRODUCER_SITES_INEXACT) /* split: stays unseen */
		return;
	if (asked)
		__atomic_fetch_or(&row->flags, PRODUCER_WAITS_UNSEEN, __ATOMIC_RELAXED);
	else if (row->flags & PRODUCER_WAITS_UNSEEN)
		__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_WAITS_UNSEEN,
				   __ATOMIC_RELAXED);
}

void java_partition_settled(struct guest_producer *producer, uint32_t row, uint64_t records,
			    bool asked)
{
	struct partition *partition = partition_of(row);

	if (!partition)
		return;
	partition->asked = asked;
	__atomic_fetch_add(&partition->settled, records, __ATOMIC_RELEASE);
	waits_look(producer);
}

void java_partition_got(const struct java_batch *batch, int64_t index)
{
	uint32_t row = batch->row - 1;
	struct partition *partition = partition_of(row);
	uint64_t covered = 0;

	/* Of a row that stands for several partitions nothing follows. */
	if (!partition || trace->topics[row].partition < 0)
		return;
	uint64_t appended = __atomic_load_n(&partition->appended, __ATOMIC_ACQUIRE);

	if (partition->number != batch->number || index + 1 != (int64_t)partition->newest ||
	    __atomic_load_n(&partition->settled, __ATOMIC_ACQUIRE) < appended)
		return;
	struct guest_producer *producer = &guest->producers[partition->producer];

	partition->covered = appended;
	for (uint32_t list = trace->topic_lists[partition->producer]; list;
	     list = trace->topic_next[list - 1])
		if (partition_of(list - 1))
			covered += partition_of(list - 1)->covered;
	if (covered == producer_produced(producer))
		producer_waited(producer, covered, WAITED_GET);
}

void java_partition_covered(struct guest_producer *producer, uint64_t produced,
			    enum trace_waited_by by)
{
	producer_waited(producer, produced, by);
	if (producer_produced(producer) != produced)
		return;
	for (uint32_t list = trace->topic_lists[producer_index(producer)]; list;
	     list = trace->topic_next[list - 1])
		if (partition_of(list - 1))
			partition_of(list - 1)->covered = partition_of(list - 1)->appended;
}
