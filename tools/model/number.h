/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.h - what stands in a trace as a number of the model, and their sums.
 *
 * A damaged trace holds any number. Each is made one of the model where it is read: UNKNOWN,
 * or within NUMBER_MAX of 0, so that a sum or difference of a few is one that an int64_t
 * holds. Sums over many (sockets, sites, processes) are number_sum()'s, which stays within.
 */
#ifndef UNFLUSHED_MODEL_NUMBER_H
#define UNFLUSHED_MODEL_NUMBER_H

#include <stdint.h>

#define NUMBER_MAX (INT64_MAX / 16)

/* Of a counter. */
int64_t number_of(uint64_t counter);
/* Of a time of CLOCK_MONOTONIC, which is never below 0. */
int64_t number_at(int64_t ns);
/* UNKNOWN when one of them is. */
int64_t number_sum(int64_t a, int64_t b);

#endif
