/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alive.h - a running process, with the values by which its trace names it.
 */
#ifndef ALIVE_H
#define ALIVE_H

#include <sys/types.h>

#include "format/format.h"

/* Its number, when it was started, and this boot; nothing else is set. */
struct trace_process alive_process(pid_t pid);

/* As if this very process had written the trace, and had not ended. */
void alive_ourselves(struct trace_process *process);

#endif
