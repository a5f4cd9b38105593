/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.c - see answers.h.
 */
#include "reach/answers.h"

#include <stddef.h>

static const struct row {
	int32_t code;
	struct answer_change change;
} rows[] = {
#define PASSES false
#define LASTS true
#define ANSWER(code, lasts, change, how) {code, {change, how, lasts}},
#include "reach/answers.def"
#undef ANSWER
};

const struct answer_change *answer_change(int32_t code)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].code == code)
			return &rows[i].change;
	return NULL;
}
