/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusals.h - why messages were refused, and what to change.
 */
#ifndef UNFLUSHED_JUDGE_REFUSALS_H
#define UNFLUSHED_JUDGE_REFUSALS_H

#include "judge/finding.h"
#include "judge/language.h"

enum refusal_cause {
#define CAUSE(name, meaning) REFUSAL_##name,
#include "judge/refusals.def"
	REFUSAL_CAUSES,
};

/* The cause for an rd_kafka_resp_err_t; REFUSAL_CAUSES: none is known. */
enum refusal_cause refusal_cause(int32_t error);

/* How many messages refused with this error were not tried again; where that is not known, how
 * many it may be at most. */
int64_t refusal_left(const struct error *error);

/* The error with the most such messages; NULL if nothing was refused. */
const struct error *refusal_usual(const struct producer *producer);

/* A child used its parent's producer, whose threads it does not have: nothing empties its queue
 * and no metadata is fetched, so messages that are tried again are refused again. */
bool refusal_is_of_fork(const struct producer *producer);

/* Sets the finding's change and fix to those for that error in the language of the voice; does
 * nothing where there are none. */
void refusal_words(struct run *run, struct finding *finding, const struct error *error,
		   enum voice voice);

#endif
