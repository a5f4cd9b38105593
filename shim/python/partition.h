/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.h - how far the application has waited for the messages of each partition.
 *
 * All of it needs the interpreter's lock.
 */
#ifndef UNFLUSHED_PYTHON_PARTITION_H
#define UNFLUSHED_PYTHON_PARTITION_H

#include <stdint.h>
#include <sys/types.h>

#include "account/producers.h"

/* A message was appended to a batch of partition `row` (of SECTION_TOPIC). A wait for its
 * result covers all messages before it in the partition. Remembers it as the partition's last:
 * its site, the address of its future, and how many references the client holds to the future.
 */
void python_partition_appended(uint32_t row, uint32_t site, const void *future,
			       ssize_t references);
/* send() has returned this future to the application. */
void python_partition_returned(const void *future);
/* The application may learn of this future's end in a way that the guest does not see. */
void python_partition_watched(const void *future);
/* A batch of `messages` is about to complete its futures. */
void python_partition_settled(uint32_t row, uint32_t messages);
/* The producer that alone has this partition; NULL when there are several. */
struct account_producer *python_partition_owner(const char *topic, int32_t number);
/* The application has the result of this future. */
void python_partition_got(const void *future);
/* A caller waits for the result of a batch that has just been settled here. */
void python_partition_batch_got(uint32_t row);
#endif
