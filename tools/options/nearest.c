/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.c - see nearest.h.
 *
 * The distance of Damerau and Levenshtein in the variant where no part is
 * changed twice ("optimal string alignment"), row by row.
 */
#include "options/nearest.h"

#include <string.h>

#define LETTERS 32 /* longer words are not compared */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t errors_between(const char *one, const char *other)
{
	size_t rows = strlen(one), columns = strlen(other);
	size_t table[LETTERS + 1][LETTERS + 1];

	if (rows > LETTERS || columns > LETTERS)
		return LETTERS;
	for (size_t i = 0; i <= rows; i++)
		table[i][0] = i;
	for (size_t j = 0; j <= columns; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= rows; i++)
		for (size_t j = 1; j <= columns; j++) {
			size_t cost = one[i - 1] != other[j - 1];
			size_t errors = least(least(table[i - 1][j], table[i][j - 1]) + 1,
					      table[i - 1][j - 1] + cost);

			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
			    one[i - 2] == other[j - 1])
				errors = least(errors, table[i - 2][j - 2] + 1);
			table[i][j] = errors;
		}
	return table[rows][columns];
}

void nearest_try(struct nearest *nearest, const char *name)
{
	size_t length = strlen(nearest->word);
	size_t allowed = length >= 6 ? 2 : length >= 2 ? 1 : 0;
	size_t errors = errors_between(nearest->word, name);

	if (errors > allowed || (nearest->found && errors >= nearest->errors))
		return;
	nearest->found = name;
	nearest->errors = errors;
}
