/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needed.h - the functions of librdkafka that the library leads to itself or calls.
 */
#ifndef UNFLUSHED_RECIPE_NEEDED_H
#define UNFLUSHED_RECIPE_NEEDED_H

#include <stdbool.h>

/* Is a function of this name one of them (shim/calls/calls.def, uses.def)? */
bool needed(const char *name);

#endif
