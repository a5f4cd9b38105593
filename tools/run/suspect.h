/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_SUSPECT_H
#define UNFLUSHED_RUN_SUSPECT_H

#include <stdbool.h>

#include "model/host.h"

/*
 * `program` as a mark has it (shim/guest/markfile.h). False: it ran unseen, and nothing says
 * that it had to do with Kafka, or that it ran programs of others. Its pid is 0.
 */
bool suspect_find(const char *program, struct host_unloaded *unloaded);

/* Forgets which files it has read. */
void suspect_close(void);

#endif
