/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_HOSTENV_H
#define UNFLUSHED_RUN_HOSTENV_H

#include <stdbool.h>

#include "run/rundir.h"

/* What is added to the host's environment. */
struct hostenv {
	const struct rundir *dir;   /* NULL: not recorded, nothing preloaded */
	const char *bootstrap;	    /* of the embedded broker; NULL: none */
	const char *redirect_ports; /* "9092,..."; NULL: connects stay as they are */
	const char *relay;	    /* of --prove: its address; NULL: none */
	const char *goes_first;	    /* a library that must be loaded before ours; NULL: none */
};

/* Changes the environment of the calling process: for a child about to exec. */
bool hostenv_apply(const struct hostenv *env);

/* Replaces each {broker} in argv and in the environment's values. */
bool hostenv_fill_in(char **argv, const char *bootstrap);

#endif
