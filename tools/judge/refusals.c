/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusals.c - see refusals.h.
 */
#include "judge/refusals.h"

#include <stddef.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "judge/judge.h"
#include "model/words.h"

static const struct {
	enum refusal_cause cause;
	int32_t error;
} codes[] = {
#define CODE(cause, error) {REFUSAL_##cause, RD_KAFKA_RESP_ERR_##error},
#include "judge/refusals.def"
};

static const char *const meanings[REFUSAL_CAUSES] = {
#define CAUSE(name, meaning) meaning,
#include "judge/refusals.def"
};

static const struct words {
	enum refusal_cause cause;
	enum voice voice;
	const char *change, *how;
} table[] = {
#define REFUSAL(name, speaks, ...) {REFUSAL_##name, VOICE_##speaks, __VA_ARGS__},
#include "judge/refusals.def"
};

enum refusal_cause refusal_cause(int32_t error)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].error == error)
			return codes[i].cause;
	return REFUSAL_CAUSES;
}

int64_t refusal_left(const struct error *error)
{
	if (error->retried == UNKNOWN)
		return error->messages;
	return error->messages > error->retried ? error->messages - error->retried : 0;
}

const struct error *refusal_usual(const struct producer *producer)
{
	const struct error *usual = NULL;

	for (size_t i = 0; i < producer->error_count; i++) {
		const struct error *error = &producer->errors[i];

		if (error->rejected && (!usual || refusal_left(error) > refusal_left(usual)))
			usual = error;
	}
	return usual;
}

bool refusal_is_of_fork(const struct producer *producer)
{
	const struct error *error = refusal_usual(producer);
	enum refusal_cause cause = error ? refusal_cause(error->code) : REFUSAL_CAUSES;

	return producer->flags & PRODUCER_INHERITED && judge_not_retried(producer) != 0 &&
	       (cause == REFUSAL_TIMEOUT || cause == REFUSAL_FULL);
}

static const struct words *words_in(enum refusal_cause cause, enum voice voice)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].cause == cause && table[i].voice == voice)
			return &table[i];
	return NULL;
}

/* Advice for C is used for other languages, unless it names functions of C. */
static bool is_of_c(const struct words *words)
{
	return strstr(words->change, "rd_kafka_") || strstr(words->how, "rd_kafka_") ||
	       strstr(words->how, "RD_KAFKA_");
}

static const struct words *words_for(enum refusal_cause cause, enum voice voice)
{
	const struct words *words = words_in(cause, voice);

	if (!words && voice == VOICE_ASYNCIO) /* the same, except where AIOProducer awaits */
		words = words_in(cause, VOICE_PYTHON);
	if (words)
		return words;
	words = words_in(cause, VOICE_C);
	return words && (voice == VOICE_C || !is_of_c(words)) ? words : NULL;
}

void refusal_words(struct run *run, struct finding *finding, const struct error *error,
		   enum voice voice)
{
	enum refusal_cause cause = error ? refusal_cause(error->code) : REFUSAL_CAUSES;
	const struct words *words = words_for(cause, voice);

	if (!words)
		return;
	finding->change = words->change;
	finding->fix = model_format(run, "%s %s", meanings[cause], words->how);
}
