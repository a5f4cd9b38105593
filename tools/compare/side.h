/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side.h - what a comparison takes from a summary (`report -f json`), checked.
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
	char *key; /* the parts of its signature, without the digits: by this it is known */
	const json_t *row, *signature;
	enum verdict verdict;
	int64_t certain, possible; /* messages; UNKNOWN */
	int64_t processes;
};

struct side {
	json_t *summary;
	enum verdict verdict;
	int64_t processes; /* without those that have nothing to do with Kafka */
	/* Messages, over all producers; UNKNOWN if it is not known of one. */
	int64_t produced, delivered;
	int64_t certain, possible; /* never arrived; may not have arrived; UNKNOWN */
	/* From the call to the report, of the producer that is slowest; UNKNOWN: none has it.
	 */
	int64_t p50_ns, p99_ns;
	struct fault_row *rows; /* by key; no key is there twice */
	size_t row_count;
};

#define SIDE_WHY_BYTES 400

/* Takes `summary` over, whatever it answers. False: it is no summary of a schema that we know;
 * `why` says where in it ("signatures[0].losses.certain") and what is wrong. After either
 * answer side_free() is to be called. */
bool side_take(struct side *side, json_t *summary, char *why, size_t why_bytes);
/* The same of a summary's text; `why` has line, column and byte of what is no JSON. */
bool side_read(struct side *side, const char *text, size_t bytes, char *why, size_t why_bytes);
void side_free(struct side *side);

/* Thousandths of `of`: 12.5 is 12.5 of 1,000; below 0: not known. */
double side_per_thousand(int64_t part, int64_t of);

#endif
