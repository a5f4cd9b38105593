/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - the lists of names.def.
 */
#ifndef UNFLUSHED_READ_NAMES_H
#define UNFLUSHED_READ_NAMES_H

#include <stdint.h>

enum names_list {
	NAMES_NONE = 0,
#define NAMES(list) NAMES_##list,
#define NAME(number, word)
#define NAMES_END
#include "read/names.def"
#undef NAMES
#undef NAME
#undef NAMES_END
};

/* NULL: the list has no name for the number. */
const char *names_find(enum names_list list, uint64_t number);

#endif
