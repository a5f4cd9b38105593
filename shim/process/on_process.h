/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_process.h - the end of the process, for entry/start.c.
 */
#ifndef UNFLUSHED_PROCESS_ON_PROCESS_H
#define UNFLUSHED_PROCESS_ON_PROCESS_H

/* Our destructor runs: exit() was called, or main returned. */
void process_destructors_run(void);

#endif
