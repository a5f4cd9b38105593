/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ended.h - has the process of a trace ended, and when?
 */
#ifndef UNFLUSHED_KEEP_ENDED_H
#define UNFLUSHED_KEEP_ENDED_H

#include <stdint.h>

#include "read/liveness.h"
#include "read/reader.h"

/* LIVENESS_UNKNOWN: it may run in another container. There an end that its guest wrote down is
 * one: nothing else can be known. */
enum liveness ended_liveness(const struct reader *reader);

/* CLOCK_REALTIME of its end: as `run` or the guest saw it; of one that was killed, when it last
 * was known to live, by the trace or by the file's time (`mtime_ns`), whichever is later. */
int64_t ended_at_ns(const struct reader *reader, int64_t mtime_ns);

#endif
