/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers.h - what to change for errors that brokers have answered.
 */
#ifndef UNFLUSHED_REACH_ANSWERS_H
#define UNFLUSHED_REACH_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* What to change if brokers answer with this error; NULL: answers.def has no row for it. */
struct answer_change {
	const char *change, *how;
	bool lasts; /* waiting does not help */
};
const struct answer_change *answer_change(int32_t code);

/* Whether a message's error came from a broker, and not from its client. */
static inline bool answer_is_brokers(int32_t code)
{
	return code > 0;
}

#endif
