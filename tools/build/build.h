/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h - puts processes into a run: from a trace, or from what else is known of one.
 */
#ifndef UNFLUSHED_BUILD_H
#define UNFLUSHED_BUILD_H

#include "model/host.h"
#include "model/model.h"
#include "read/reader.h"

/* Adds the process of a trace that reader_open() accepted. What is needed is
 * copied: the reader can be closed afterwards. */
void build_trace(struct run *run, const char *path, const struct reader *reader);
/* A process under `run` that fell silent before it had a trace. */
void build_silent(struct run *run, const struct host *host);
/* A program that ran without the shim. */
void build_unloaded(struct run *run, const struct host_unloaded *unloaded);
/* The process of a host that left no trace. */
void build_host(struct run *run, const struct host *host);
/* What `run` knows about its host, added to the traces of that pid. */
void build_observed(struct run *run, const struct host *host);
/* What the relay of --prove did, to the processes that are there. */
void build_proof(struct run *run, const struct host *host);

#endif
