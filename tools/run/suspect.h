/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_SUSPECT_H
#define UNFLUSHED_RUN_SUSPECT_H

#include <stdbool.h>

#include "model/host.h"

/*
 * `program` as a mark has it (shim/guest/markfile.h). False: it ran without the shim, but
 * nothing shows that it uses Kafka or starts other programs. Sets the pid to 0.
 */
bool suspect_find(const char *program, struct host_unloaded *unloaded);

/* Forgets which files it has read. */
void suspect_close(void);

#endif
