/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_process.h - the end of the process, for entry/start.c.
 */
#ifndef UNFLUSHED_PROCESS_ON_PROCESS_H
#define UNFLUSHED_PROCESS_ON_PROCESS_H

#include <stdbool.h>

/* Our destructor runs. True: because main has returned, and not for a call of exit(). */
bool process_destructors_run(void);

#endif
