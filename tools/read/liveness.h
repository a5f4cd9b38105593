/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_READ_LIVENESS_H
#define UNFLUSHED_READ_LIVENESS_H

#include "format/format.h"

enum liveness {
	LIVENESS_GONE, /* the process has ended */
	LIVENESS_RUNNING,
	LIVENESS_UNKNOWN, /* in another pid namespace, or without a boot id */
};

enum liveness liveness_of(const struct trace_process *process);

#endif
