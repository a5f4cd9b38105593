/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.c - see number.h.
 */
#include "model/number.h"

int64_t number_of(uint64_t counter)
{
	return counter > NUMBER_MAX ? NUMBER_MAX : (int64_t)counter;
}
