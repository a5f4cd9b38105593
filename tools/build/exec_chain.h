/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_BUILD_EXEC_CHAIN_H
#define UNFLUSHED_BUILD_EXEC_CHAIN_H

#include "model/model.h"

/* Compares the process that was added to the run last with the others: a process that calls
 * exec leaves a trace for each of its programs, and each but the latest has ended. */
void exec_chain_end_earlier(struct run *run, const struct process *latest);

#endif
