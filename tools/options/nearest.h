/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.h - finds the known word that a misspelt one differs from by the fewest typing
 *errors.
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
	size_t errors;	   /* how many errors the word has */
};

/* A missing letter, an extra one, a wrong one, and two exchanged ones count as one error each.
 * A word is near if it differs by one error, or by two if it has six letters or more. */
void nearest_try(struct nearest *nearest, const char *name);

#endif
