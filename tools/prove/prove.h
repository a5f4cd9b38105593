/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.h - the relay of `run --prove`: started before the host runs, read when it has ended.
 *
 * It is a process of its own, so that its end does not end `run`: if it ends, the host's
 * connections through it break, its next ones are not redirected, and nothing is proven.
 * Processes that outlive the host keep their connections: the relay keeps running for those,
 * and withholds nothing any more.
 */
#ifndef UNFLUSHED_PROVE_PROVE_H
#define UNFLUSHED_PROVE_PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "model/host.h"

struct prove;

/*
 * Forks; the caller must have one thread. `directory`: where the traces of the run are made,
 * `run`: its number, 32 hexadecimal digits. The relay closes all other descriptors of the
 * caller but the standard streams. NULL, with a sentence in `why`: it could not be started.
 */
struct prove *prove_start(const char *directory, const char *run, char *why, size_t why_bytes);

/* "127.0.0.1:PORT", valid until prove_free(). */
const char *prove_address(const struct prove *prove);

/* The host has ended: waits, a few seconds at most, until the bytes that it had sent are with
 * the brokers. `kills`: no process may outlive us. Fills in the proof's fields of `host`, valid
 * until prove_free(). */
void prove_end(struct prove *prove, bool kills);
void prove_tell(const struct prove *prove, struct host *host);
void prove_free(struct prove *prove);

#endif
