/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.c - a partition's batches, and which of them were waited for.
 *
 * Records enter only the newest batch of a partition, under the client's lock of
 * that partition: the sums of that batch are kept here, and written to its tag
 * when the next one begins.
 */
#include "java/partition.h"

#include "account/pending.h"
#include "account/producers.h"
#include "account/waits.h"

/* By row of SECTION_TOPIC; valid in this process if the generation is the present one. */
static struct partition {
	uint32_t generation;
	uint32_t number; /* of the newest batch */
	uint32_t site;
	uint64_t bytes;
	uint64_t newest; /* records in it */
	java_ref result; /* its ProduceRequestResult: a weak reference */
	bool asked;	 /* the last record that has ended had a callback */
} partitions[GUEST_TOPIC_ROWS];

static struct partition *partition_of(uint32_t row)
{
	struct partition *partition = &partitions[row];

	return partition->generation == guest_generation + 1 ? partition : NULL;
}

/* ---- batches ---- */

/* Writes the sums of the batch that was the newest to its tag. */
static void newest_close(jni_env env, struct partition *partition, uint32_t row)
{
	struct java_batch batch = {
		.begun = true,
		.row = row + 1,
		.site = partition->site,
		.number = partition->number,
		.bytes = partition->bytes,
	};
	java_ref result =
		partition->result ? JNI(env, NewLocalRef)(env, partition->result) : NULL;

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
		*partition = (struct partition){.generation = guest_generation + 1};
	newest_close(env, partition, row);
	batch->number = (partition->number + 1) % JAVA_BATCH_NUMBERS;
	java_batch_tag_write(result, batch);
	/* A thread that still works on the batch before reads that one's tag (total). */
	__atomic_store_n(&partition->number, batch->number, __ATOMIC_SEQ_CST);
	partition->result = JNI(env, NewWeakGlobalRef)(env, result);
	partition->bytes = batch->bytes;
	partition->site = batch->site;
	partition->newest = records;
	pending_append(row, records);
}

void java_partition_batch_add(uint32_t row, uint32_t site, uint64_t bytes)
{
	struct partition *partition = &partitions[row];

	if (partition->site != site)
		partition->site = 0;
	partition->bytes += bytes;
	partition->newest++;
	pending_append(row, 1);
}

void java_partition_batch_total(struct java_batch *batch)
{
	const struct partition *partition = &partitions[batch->row - 1];

	if (__atomic_load_n(&partition->number, __ATOMIC_SEQ_CST) == batch->number) {
		batch->bytes = __atomic_load_n(&partition->bytes, __ATOMIC_SEQ_CST);
		batch->site = __atomic_load_n(&partition->site, __ATOMIC_SEQ_CST);
	}
}

/* ---- waits ---- */

/*
 * The application may wait for a callback (by a latch, say), or not: if every
 * partition's last record had one, and no other wait was seen, it is not known
 * whether the application waited.
 */
static void waits_look(struct account_producer *producer)
{
	bool asked = true;
	uint32_t flags = producer_row(producer)->flags;

	for (uint32_t row = pending_first(producer); row && asked; row = pending_next(row)) {
		const struct partition *partition = partition_of(row - 1);

		asked = !partition || partition->asked || pending_is_covered(row - 1);
	}
	if (flags & PRODUCER_SITES_INEXACT) /* a batch was split: not known */
		return;
	if (asked)
		producer_flags_set(producer, PRODUCER_WAITS_UNSEEN);
	else if (flags & PRODUCER_WAITS_UNSEEN)
		producer_flags_clear(producer, PRODUCER_WAITS_UNSEEN);
}

void java_partition_settled(struct account_producer *producer, uint32_t row, uint64_t records,
			    bool asked)
{
	struct partition *partition = partition_of(row);

	if (!partition)
		return;
	partition->asked = asked;
	pending_settle(row, records);
	waits_look(producer);
}

void java_partition_got(const struct java_batch *batch, int64_t index)
{
	uint32_t row = batch->row - 1;
	const struct partition *partition = partition_of(row);

	if (!partition)
		return;
	uint64_t appended = pending_appended(row);

	if (partition->number == batch->number && index + 1 == (int64_t)partition->newest &&
	    pending_settled(row) >= appended)
		wait_got(row, appended);
}
