/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_process.h - the end of the process, for entry/start.c.
 */
#ifndef UNFLUSHED_PROCESS_ON_PROCESS_H
#define UNFLUSHED_PROCESS_ON_PROCESS_H

#include <stdbool.h>

/* To be called when the guest's destructor runs. True: main has returned. False: a call of
 * exit() or its like was seen before, or nothing is recorded. */
bool process_destructors_run(void);

#endif
