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

#endif
