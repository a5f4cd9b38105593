/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems.h - what a CI service is to show of a run: each fault once, however many processes
 * have it.
 */
#ifndef UNFLUSHED_FORMATS_PROBLEMS_H
#define UNFLUSHED_FORMATS_PROBLEMS_H

#include "model/model.h"

struct problem {
	const struct process *process; /* the one that lost most by it */
	const struct finding *finding; /* of that process; its verdict is the problem's */
	const char *fingerprint;       /* the same in every run that has it; no other has it */
	struct losses losses;	       /* of all processes that have it */
	size_t process_count;
};

struct problems {
	const struct problem *items; /* the worst first; they live as long as the run */
	size_t count;
};

struct problems problems_of(struct run *run);

/* "950 messages lost in 3 processes", of what is known and more than one or none. */
const char *problem_extent(struct run *run, const struct problem *problem);

#endif
