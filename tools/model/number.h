/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_MODEL_NUMBER_H
#define UNFLUSHED_MODEL_NUMBER_H

#include <stdint.h>

/* What a 64-bit counter says as a number of the model: capped so that a sum of
 * a few such numbers stays a number, whatever a damaged trace holds. */
#define NUMBER_MAX (INT64_MAX / 16)
int64_t number_of(uint64_t counter);

#endif
