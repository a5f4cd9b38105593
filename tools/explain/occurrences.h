/* SPDX-License-Identifier: Apache-2.0 */
/*
 * occurrences.h - the places in summaries where a finding was raised.
 */
#ifndef UNFLUSHED_EXPLAIN_OCCURRENCES_H
#define UNFLUSHED_EXPLAIN_OCCURRENCES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct occurrence {
	const char *finding; /* its id */
	const char *verdict, *text;
	json_t *process;	       /* "pid", "argv", ... of schema unflushed.summary/1 */
	json_t *evidence;	       /* NULL: none */
	const char *language, *client; /* of its words; NULL: the summary is older */
};

/* Valid as long as the summaries that they were found in. */
struct occurrences {
	struct occurrence *list;
	size_t count;
};

/* Adds the occurrences of the finding `name`, or of the signature with these digits, in a
 * summary of schema unflushed.summary/1. False: it is not such a summary, or is incomplete. */
bool occurrences_find(struct occurrences *occurrences, json_t *summary, const char *name);
/* The id of the finding with the worst verdict, the first of several; NULL: there are none. A
 * signature is that of a family, whose findings may differ from process to process. */
const char *occurrences_worst(const struct occurrences *occurrences);
void occurrences_free(struct occurrences *occurrences);

/* Whether one of them is worded for this client of this language; with client NULL, for the
 * language. True for older summaries, which do not tell. */
bool occurrences_speak(const struct occurrences *occurrences, const char *language,
		       const char *client);

#endif
