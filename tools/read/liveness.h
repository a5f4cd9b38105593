/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_READ_LIVENESS_H
#define UNFLUSHED_READ_LIVENESS_H

#include "format/format.h"

enum liveness {
	LIVENESS_GONE, /* the process has ended */
	LIVENESS_RUNNING,
	LIVENESS_UNKNOWN, /* of another pid namespace, or no boot id to tell by */
};

enum liveness liveness_of(const struct trace_process *process);

#endif
