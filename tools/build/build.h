/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h - puts processes into a run: from a trace, or from what else is known of one.
 */
#ifndef UNFLUSHED_BUILD_H
#define UNFLUSHED_BUILD_H

#include "model/host.h"
#include "model/model.h"
#include "read/reader.h"

/* Adds the process of a trace that reader_open() accepted. All data is copied:
 * the reader can be closed afterwards. */
void build_trace(struct run *run, const char *path, const struct reader *reader);
/* Adds a process under `run` whose shim stopped recording before it had a trace. */
void build_silent(struct run *run, const struct host *host);
/* Adds a program that ran without the shim. */
void build_unloaded(struct run *run, const struct host_unloaded *unloaded);
/* Adds the process of a host that left no trace. */
void build_host(struct run *run, const struct host *host);
/* Adds what `run` knows about its host to the processes of that pid. */
void build_observed(struct run *run, const struct host *host);
/* Adds what the relay of --prove did to the run's processes. */
void build_proof(struct run *run, const struct host *host);

#endif
