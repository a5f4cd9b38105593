/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.h - a partition's batches, and how far the application has waited for them.
 */
#ifndef UNFLUSHED_JAVA_PARTITION_H
#define UNFLUSHED_JAVA_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/state.h"
#include "java/jvm/api.h"
#include "java/batch_tag.h"

/* Its first record, or first ones, are in: gives it its number. */
void java_partition_batch_begin(jni_env env, java_ref result, struct java_batch *batch,
				uint64_t records);
/* One more record in the batch that is its partition's newest. */
void java_partition_batch_add(uint32_t row, uint32_t site, uint64_t bytes);
/* The batch takes no more records: completes its bytes and site. */
void java_partition_batch_total(struct java_batch *batch);

/* A batch has ended; `asked`: the last of its records had a callback. */
void java_partition_settled(struct account_producer *producer, uint32_t row, uint64_t records,
			    bool asked);
/* The application has the result of record `index` of the batch. */
void java_partition_got(const struct java_batch *batch, int64_t index);
#endif
