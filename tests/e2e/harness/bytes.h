/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - stories about hosts that only send and receive bytes, without
 * broker and messages.
 *
 * They produce nothing, so the verdict is "blind"; findings are raised all the
 * same.
 */
#ifndef BYTES_H
#define BYTES_H

#include "harness.h"

struct story bytes_tell(const char *host, const char *arguments);

/* The one that moved the most: an accepted end in the same process sends next to nothing. */
json_t *bytes_sender(const struct story *story);

/* Every nanosecond that it was held up has a cause, or is said to have none. */
void bytes_causes_add_up(json_t *socket);

#endif
