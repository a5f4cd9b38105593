/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shapes.h - a function of a known shape, for test_patch.c.
 */
#ifndef UNFLUSHED_TEST_SHAPES_H
#define UNFLUSHED_TEST_SHAPES_H

#include <stdbool.h>
#include <stddef.h>

typedef int shape_fn(int);

struct shape {
	shape_fn *function;
	size_t bytes;
	int adds;     /* to what it is given */
	bool is_tail; /* it jumps to shape_plain, whose calls are led elsewhere as well */
};

#endif
