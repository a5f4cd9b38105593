/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.h - the relay of `run --prove`: started before the host runs, asked when it has ended.
 *
 * A process of its own, so that nothing that happens to it happens to `run`: if it ends, the
 * host's connections through it break, its next ones are not led there, and nothing is proven.
 * Processes that outlive the host keep their connections: the relay stays for those, and
 * withholds nothing any more.
 */
#ifndef UNFLUSHED_PROVE_PROVE_H
#define UNFLUSHED_PROVE_PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "model/host.h"

struct prove;

/*
 * Forks; the caller has one thread. `directory`: where the traces of the run are made, `run`:
 * its number, 32 hexadecimal digits. `others`: descriptors of ours that the relay must not
 * keep open are all but the standard streams. NULL, with a sentence in `why`: it cannot be.
 */
struct prove *prove_start(const char *directory, const char *run, char *why, size_t why_bytes);

/* "127.0.0.1:PORT", valid until prove_free(). */
const char *prove_address(const struct prove *prove);

/* The host has ended: waits until what it had sent is with the brokers, at most seconds.
 * `kills`: nobody may outlive us. Fills in what `host` says of the proof; it is valid until
 * prove_free(). */
void prove_end(struct prove *prove, bool kills);
void prove_tell(const struct prove *prove, struct host *host);
void prove_free(struct prove *prove);

#endif
