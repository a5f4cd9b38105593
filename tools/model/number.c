/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.c - see number.h.
 */
#include "model/number.h"

#include "model/model.h"

int64_t number_of(uint64_t counter)
{
	return counter > NUMBER_MAX ? NUMBER_MAX : (int64_t)counter;
}

int64_t number_at(int64_t ns)
{
	return ns < 0 ? 0 : number_of((uint64_t)ns);
}

int64_t number_sum(int64_t a, int64_t b)
{
	int64_t sum;

	if (a == UNKNOWN || b == UNKNOWN)
		return UNKNOWN;
	if (__builtin_add_overflow(a, b, &sum))
		sum = a > 0 ? NUMBER_MAX : -NUMBER_MAX;
	return sum > NUMBER_MAX ? NUMBER_MAX : sum < -NUMBER_MAX ? -NUMBER_MAX : sum;
}
