/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rendered.h - a program's trace, the run that is made of it, and its last
 * output: for the tests of formats.
 */
#ifndef RENDERED_H
#define RENDERED_H

#include "printed.h"
#include "trace_maker.h"

/* Of the test that runs: empty before it, and after it. */
extern struct rendered {
	struct maker maker;	       /* its process is /bin/orders */
	struct run run;		       /* no process, until maker_run() */
	struct render_options options; /* sources are in /src */
	char *text, *read_back;	       /* by rendered_read() */
} rendered;

int rendered_setup(void **state);
int rendered_teardown(void **state);

/* Prints the run into `text`; answers `read_back`, which is what that reader of
 * formats/readers made of it. */
const char *rendered_read(render_function *render, const char *reader);

/* A run of so many programs, 50 at most; of each so many processes, and each has lost its
 * messages. */
void rendered_many(int programs, int processes);

#endif
