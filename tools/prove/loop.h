/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.h - the relay's process: one thread for all connections, until it is not needed any
 * more.
 */
#ifndef UNFLUSHED_PROVE_LOOP_H
#define UNFLUSHED_PROVE_LOOP_H

#include <stdint.h>

#include "prove/proof.h"

struct loop_options {
	int listener; /* connections of guests come in here */
	int control; /* closed by `run` when the host has ended: nothing is withheld any more */
	int done;    /* gets a byte once all bytes of ended processes have been sent on */
	const char *directory; /* of the run's traces */
	uint8_t run[16];       /* the run's number: a connection without it is closed */
	struct proof_board *proof;
};

/* Returns when `control` is closed and no connection is left. */
void loop_run(const struct loop_options *options);

#endif
