/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_source.h - a known case as a comment in the source, on the line that a finding blames,
 * or on the line above it:
 *
 *	producer.produce(topic, order)  # unflushed: ignore[missing-flush] the job is repeated
 *	// unflushed: ignore[waiting] the last order may be lost
 *
 * In the brackets are ids of findings, or families ("waiting"), separated by commas. The reason
 * follows, and is required. Any characters may begin the comment, as the language requires.
 */
#ifndef UNFLUSHED_POLICY_SOURCE_H
#define UNFLUSHED_POLICY_SOURCE_H

#include "model/model.h"

enum source_answer {
	SOURCE_SAYS_NOTHING, /* also if the file cannot be read, or the line is not known */
	SOURCE_KNOWS,
	SOURCE_LACKS_REASON,
};

/*
 * Looks for such a comment at the line that the finding blames. A relative path
 * in the trace is searched in `root` (NULL: the current folder). With a result
 * other than SOURCE_SAYS_NOTHING *words is "REASON (FILE:LINE)", or
 * "FILE:LINE"; it lives as long as the run. Only regular files of at most
 * SOURCE_BYTES_MOST bytes are read, and none that another user could write
 * (regular_is_trusted()).
 */
enum source_answer policy_source(struct run *run, const struct process *process,
				 const struct finding *finding, const char *root,
				 const char **words);

#define SOURCE_BYTES_MOST (16 * 1024 * 1024)

#endif
