/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof.h - what the relay of `run --prove` did, in memory that it shares with `run`.
 *
 * The relay writes; `run` reads after the relay has reported that it is done, or has ended.
 * Counters only grow. Times are CLOCK_MONOTONIC in nanoseconds; 0: it has not happened.
 */
#ifndef UNFLUSHED_PROVE_PROOF_H
#define UNFLUSHED_PROVE_PROOF_H

#include "model/host.h"

#define PROOF_PROCESSES 1024
#define PROOF_LINES 8192

struct proof_board {
	uint32_t process_count, line_count;
	bool full; /* one of them found no room: nothing is proven */
	struct host_withheld processes[PROOF_PROCESSES];
	struct host_line lines[PROOF_LINES];
};

#endif
