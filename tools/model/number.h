/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.h - converts numbers of a trace into numbers of the model, and adds them up.
 *
 * A damaged trace may hold any number. When it is read it becomes UNKNOWN, or a
 * number of at most NUMBER_MAX in absolute value, so that the sum or difference
 * of a few fits into an int64_t. Sums over many (sockets, sites, processes) use
 * number_sum(), whose result has the same limit.
 */
#ifndef UNFLUSHED_MODEL_NUMBER_H
#define UNFLUSHED_MODEL_NUMBER_H

#include <stdint.h>

#define NUMBER_MAX (INT64_MAX / 16)

/* Converts a counter. */
int64_t number_of(uint64_t counter);
/* Converts a time of CLOCK_MONOTONIC, which is never below 0. */
int64_t number_at(int64_t ns);
/* UNKNOWN if one of them is. */
int64_t number_sum(int64_t a, int64_t b);

#endif
