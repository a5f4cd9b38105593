/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_LAUNCH_H
#define UNFLUSHED_RUN_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "prove/prove.h"
#include "run/broker.h"
#include "run/init.h"
#include "run/rundir.h"

struct launch {
	char **argv;			     /* ends with NULL; {broker} in it is filled in */
	const struct rundir *dir;	     /* NULL: run the host untouched */
	const struct broker_options *broker; /* NULL: no embedded broker */
	const char *redirect_ports;	     /* NULL: connects stay as they are */
	const char *goes_first;		     /* loadable_goes_first() */
	bool proves;			     /* with a relay; only with `dir` */
};

struct launched {
	pid_t pid;
	uint64_t start_ticks; /* field 22 of /proc/PID/stat; 0 unknown */
	int exec_error;	      /* errno of exec; 0: the host ran */
	int wait_status;      /* as waitpid() gave it */
	bool reaped;
	uint64_t signals_got; /* while it ran: relay_wait() */
	int64_t ended_ns;     /* CLOCK_MONOTONIC */
	struct left left;     /* as PID 1: what outlived it, and was ended */
	char bootstrap[1024]; /* of the embedded broker; empty: none */
	char unserved[256];   /* broker_unserved(); empty: it served all */
	struct prove *prove;  /* the relay, if it was started; the caller ends it */
	char unproven[256];   /* why the relay was not started */
};

/*
 * If we were started without a standard stream, the next descriptor that is
 * opened would get its number, and messages for stderr would be written there.
 * Fills the gaps with close-on-exec descriptors, so that the host does not have
 * them, either. To be called first.
 */
void launch_reserve_streams(void);

/* Runs the host to its end. False, with a sentence in `why`: it could not be started. */
bool launch_run(const struct launch *launch, struct launched *out, char *why, size_t why_bytes);

#endif
