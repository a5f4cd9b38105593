/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - see names.h.
 */
#include "read/names.h"

#include <stddef.h>

#include "format/format.h"

struct name {
	uint64_t number;
	const char *word;
};

/* clang-format off */
#define NAMES(list) static const struct name list[] = {
#define NAME(number, word) { number, word },
#define NAMES_END { 0, NULL } };
#include "read/names.def"
#undef NAMES
#undef NAME
#undef NAMES_END
/* clang-format on */

static const struct name *const lists[] = {
#define NAMES(list) [NAMES_##list] = list,
#define NAME(number, word)
#define NAMES_END
#include "read/names.def"
#undef NAMES
#undef NAME
#undef NAMES_END
};

const char *names_find(enum names_list list, uint64_t number)
{
	for (const struct name *name = lists[list]; name && name->word; name++)
		if (name->number == number)
			return name->word;
	return NULL;
}
