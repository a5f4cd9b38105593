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

/* Of an rd_kafka_resp_err_t; REFUSAL_CAUSES: none that is known. */
enum refusal_cause refusal_cause(int32_t error);

/* Of a refused error: messages of it that nobody has tried again; all that it may be, where
 * that is not known. */
int64_t refusal_left(const struct error *error);

/* The refused error of which most is left; NULL if nothing was refused. */
const struct error *refusal_usual(const struct producer *producer);

/* A child used its parent's producer: nothing empties its queue, and nobody asks for metadata.
 * Tried again, its messages are refused again. */
bool refusal_is_of_fork(const struct producer *producer);

/* Gives the finding the change and the fix of that error, in words of the voice: as it is,
 * where there are none. */
void refusal_words(struct run *run, struct finding *finding, const struct error *error,
		   enum voice voice);

#endif
