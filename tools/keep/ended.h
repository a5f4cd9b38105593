/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ended.h - whether the process of a trace has ended, and when.
 */
#ifndef UNFLUSHED_KEEP_ENDED_H
#define UNFLUSHED_KEEP_ENDED_H

#include <stdint.h>

#include "read/liveness.h"
#include "read/reader.h"

/* LIVENESS_UNKNOWN: it may run in another container. For such a process only an end that its
 * guest recorded counts. */
enum liveness ended_liveness(const struct reader *reader);

/* CLOCK_REALTIME of its end: as `run` or the guest recorded it; for a killed process, the last
 * time that it was known to run, by the trace or by the file's mtime (`mtime_ns`), whichever is
 * later. */
int64_t ended_at_ns(const struct reader *reader, int64_t mtime_ns);

#endif
