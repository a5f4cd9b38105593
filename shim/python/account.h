/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.h - what is counted for which producer.
 *
 * All of it needs the interpreter's lock.
 */
#ifndef UNFLUSHED_PYTHON_ACCOUNT_H
#define UNFLUSHED_PYTHON_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "account/producers.h"
#include "cpython/api.h"

/* Kept with each batch, as the bytes of a bytearray. */
struct python_batch {
	uint32_t generation; /* a forked child's copy of its parent's batch is not its own */
	uint32_t producer;   /* index */
	uint32_t entry;	     /* row of SECTION_TOPIC: where its messages enter */
	uint32_t row;	     /* the same: its partition, where they leave */
	uint32_t site;	     /* of all its messages; 0: of several */
	uint32_t messages;
	uint64_t bytes;
	int64_t opened_ns; /* its first message entered it */
	uint32_t large;	   /* its number, if a large message is in it; 0 */
	bool requested;	   /* its messages have been put into a Produce request */
};

/* The account of a KafkaProducer, opened at need; NULL: it is not whole yet
 * (its constructor failed). */
struct account_producer *python_account(object *producer);
/* The one that a producer object of any client has; NULL: it has none. */
struct account_producer *python_account_known(object *producer);
struct account_producer *python_account_open(object *producer, enum trace_client client,
					     uint32_t flags, const object *accumulator);

/* A batch has come to an end, before its futures are told. */
void python_account_settled(const struct python_batch *batch, enum trace_count kind,
			    int32_t error);

#endif
