/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_BUILD_EXEC_CHAIN_H
#define UNFLUSHED_BUILD_EXEC_CHAIN_H

#include "model/model.h"

/* The process that was added to the run last is compared with the others: what exec
 * replaced in one process are several traces, and each but the latest has ended. */
void exec_chain_end_earlier(struct run *run, const struct process *latest);

#endif
