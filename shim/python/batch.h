/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.h - the account of a batch, kept with the batch itself.
 */
#ifndef UNFLUSHED_PYTHON_BATCH_H
#define UNFLUSHED_PYTHON_BATCH_H

#include <stdbool.h>

#include "cpython/api.h"
#include "python/account.h"

/* Before the first wrapped call; false when Python has no memory left. */
bool python_batch_prepare(void);

/* The account of a batch, valid as long as the batch; NULL: it has none of this process. */
struct python_batch *python_batch_find(object *batch);

/* Puts a copy of the account on the batch; NULL: there is no memory for it. */
struct python_batch *python_batch_open(object *batch, struct python_batch account);

/* ---- large.c: the time that large messages take (trace/large.h) ---- */

/* A send() of `value` begins on this thread, in method_thread: its clocks are read if the
 * message can become a large one. */
void python_large_begins(object *value);

/* Its message, of so many bytes, is in a batch, which encodes its messages by
 * `builder`. Also of a message whose send() did not begin here. */
void python_large_appended(struct python_batch *account, const object *builder, uint32_t site,
			   uint64_t bytes);

/* The send() of python_large_begins() has returned. Where greenlets share the thread, its time
 * is not known. */
void python_large_returned(const struct account_producer *producer);

/* PRODUCER_SLOW_CHECKSUM or 0: whether a client computes its checksums in Python. `module`
 * computes them; without an implementation in C its `attribute` is the same object as its
 * attribute `is`, or None if `is` is NULL. */
uint32_t python_large_checksum(const char *module, const char *attribute, const char *is);

#endif
