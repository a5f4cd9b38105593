/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.h - the time that large records take (trace/large.h).
 *
 * A record's size is known only after it has been serialized, and the clocks must be read
 * before. So they are read in the first sends of a thread, and in those that follow a large
 * record closely: a thread that sends images has nearly all of them timed. The time of the call
 * of send() is not known for a record that was not timed, and for all that virtual threads
 * send, since these may continue on another thread. A small record among small ones costs a
 * comparison.
 */
#ifndef UNFLUSHED_JAVA_LARGE_H
#define UNFLUSHED_JAVA_LARGE_H

#include <stdint.h>

#include "format/format.h"
#include "java/jvm/api.h"
#include "java/batch_tag.h"

/* send() has begun on this thread. */
void java_large_sending(jni_env env);

/* Its record, of so many bytes, is in this batch. */
void java_large_accepted(const struct java_batch *batch, uint32_t site, uint64_t bytes);

/* send() is about to come back. */
void java_large_sent(void);

/* The batch was taken out of the queue; it has come to its end. */
void java_large_drained(const struct java_batch *batch, uint64_t records);
void java_large_ended(const struct java_batch *batch, enum trace_count end);

#endif
