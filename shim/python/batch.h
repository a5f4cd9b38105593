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

/* Where the bytes of a batch's account are; NULL: it has none of ours. */
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

/* That send() has come back. Where greenlets share the thread nobody can say how much of its
 * time was that call's. */
void python_large_returned(const struct account_producer *producer);

/* The flag of a client whose checksums are Python's, if the module that calculates them says
 * so: `attribute` of it is what stands there where there is none of C's. */
uint32_t python_large_checksum(const char *module, const char *attribute, const char *is);

#endif
