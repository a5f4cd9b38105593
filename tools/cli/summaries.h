/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summaries.h - paths of traces, directories of them, and summaries in JSON to summaries.
 */
#ifndef UNFLUSHED_CLI_SUMMARIES_H
#define UNFLUSHED_CLI_SUMMARIES_H

#include <jansson.h>
#include <stddef.h>

struct summaries {
	json_t *list;	    /* an array: one for each file in JSON, and one for all traces */
	const char **paths; /* of each, for words; of the traces the first's */
};

/* A regular file that begins with '{' is a summary in JSON, whatever it holds; all else is for
 * report_paths(). Answers 0, or REPORT_UNREADABLE when something cannot be read: that has been
 * said. To be freed, whatever the answer. */
int summaries_read(struct summaries *summaries, const char *const *paths, size_t count);
void summaries_free(struct summaries *summaries);

#endif
