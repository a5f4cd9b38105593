/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_SUSPECT_H
#define UNFLUSHED_SUSPECT_H

#include <stdbool.h>
#include <stddef.h>

/* A program that ran without the shim. */
struct suspect {
	char path[4096];      /* as it was found; else the name that is known */
	char unloaded[256];   /* why it had no shim: words that follow "because" */
	const char *suspicion; /* why it may have produced: a sentence */
};

/*
 * `program` as a mark has it (shim/guest/markfile.h). False: it ran unseen, and nothing says
 * that it had to do with Kafka, or that it ran programs of others.
 */
bool suspect_find(const char *program, struct suspect *suspect);

/* Forgets which files it has read. */
void suspect_close(void);

#endif
