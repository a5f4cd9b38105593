/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - the accounts of producers written in Python, and of their batches.
 *
 * All of it needs the interpreter's lock.
 */
#ifndef UNFLUSHED_PYTHON_ACCOUNT_H
#define UNFLUSHED_PYTHON_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "account/producers.h"
#include "cpython/api.h"

/* What the guest knows of a batch; kept in a bytearray that is an attribute of the batch. */
struct python_batch {
	uint32_t generation; /* a forked child's copy of its parent's batch is not its own */
	uint32_t producer;   /* index */
	uint32_t entry;	     /* row of SECTION_TOPIC: where its messages enter */
	uint32_t row;	     /* row of SECTION_TOPIC: its partition, where they end */
	uint32_t site;	     /* of all its messages; 0: of several */
	uint32_t messages;
	uint64_t bytes;
	int64_t opened_ns; /* its first message entered it */
	uint32_t large;	   /* its number, if a large message is in it; 0 */
	bool requested;	   /* its messages have been put into a Produce request */
};

/* The account of a KafkaProducer, opened at need; NULL: the object is not complete (its
 * constructor failed). */
struct account_producer *python_account(object *producer);
/* The account of a producer object of any client; NULL: it has none. Does not open one. */
struct account_producer *python_account_known(object *producer);
struct account_producer *python_account_open(object *producer, enum trace_client client,
					     uint32_t flags, const object *accumulator);

/* Counts the end of all messages of a batch; to be called before its futures are done. */
void python_account_settled(const struct python_batch *batch, enum trace_count kind,
			    int32_t error);

#endif
