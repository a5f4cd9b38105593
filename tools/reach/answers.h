/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.h - errors that brokers have answered: whose, and what to change.
 */
#ifndef UNFLUSHED_REACH_ANSWERS_H
#define UNFLUSHED_REACH_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* What to change where brokers answer so; NULL: nothing more is known of it here. */
struct answer_change {
	const char *change, *how;
	bool lasts; /* no waiting helps */
};
const struct answer_change *answer_change(int32_t code);

/* The errors that a producer's messages met, as far as its client says: broker's ones alone. */
static inline bool answer_is_brokers(int32_t code)
{
	return code > 0;
}

#endif
