/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side.h - reads and checks the parts of a summary (`report -f json`) that are compared.
 */
#ifndef UNFLUSHED_COMPARE_SIDE_H
#define UNFLUSHED_COMPARE_SIDE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/verdict.h"

/* One row of the summary's "signatures". Texts and objects are the side's. */
struct fault_row {
	char *key; /* the parts of its signature, without the digits: they identify it */
	const json_t *row, *signature;
	enum verdict verdict;
	int64_t certain, possible; /* messages; UNKNOWN */
	int64_t processes;
};

struct side {
	json_t *summary;
	enum verdict verdict;
	int64_t processes; /* without those that have nothing to do with Kafka */
	/* Messages, over all producers; UNKNOWN if one producer's number is not known. */
	int64_t produced, delivered;
	int64_t certain, possible; /* never arrived; may not have arrived; UNKNOWN */
	/* From the produce call to the delivery report, of the slowest producer; UNKNOWN: no
	 * producer has it. */
	int64_t p50_ns, p99_ns;
	struct fault_row *rows; /* sorted by key; no key occurs twice */
	size_t row_count;
};

#define SIDE_WHY_BYTES 400

/* Takes ownership of `summary`, also if it fails. False: it is not a summary of a known
 * schema; `why` says where in it ("signatures[0].losses.certain") and what is wrong.
 * side_free() must be called in both cases. */
bool side_take(struct side *side, json_t *summary, char *why, size_t why_bytes);
/* The same for a summary's text; `why` has line, column and byte of an error in the JSON. */
bool side_read(struct side *side, const char *text, size_t bytes, char *why, size_t why_bytes);
void side_free(struct side *side);

/* `part` per 1,000 of `of`; below 0: not known. */
double side_per_thousand(int64_t part, int64_t of);

#endif
