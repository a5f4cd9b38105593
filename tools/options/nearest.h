/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.h - the word that was meant, perhaps: the one that takes the fewest typing errors.
 *
 *	struct nearest nearest = {.word = "fromat"};
 *
 *	for (...)
 *		nearest_try(&nearest, name);
 *	if (nearest.found)
 *		... did you mean nearest.found? ...
 */
#ifndef UNFLUSHED_OPTIONS_NEAREST_H
#define UNFLUSHED_OPTIONS_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word;
	const char *found; /* the first of the nearest ones; NULL: none is near */
	size_t errors;	   /* that it takes */
};

/* A letter that is missing, one too many, another one, or two that changed places are an error
 * each. Near is what takes one, or two of a word of six letters or more. */
void nearest_try(struct nearest *nearest, const char *name);

#endif
