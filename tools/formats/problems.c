/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problems.c - see problems.h.
 */
#include "formats/problems.h"

#include "model/words.h"

const char *problem_extent(struct run *run, const struct group *group)
{
	const char *lost =
		group->losses.certain > 0
			? model_format(run, "%s lost",
				       words_count(run, group->losses.certain, "message"))
			: "";
	const char *possible =
		group->losses.possible > 0
			? model_format(run, "%s%s may be lost", *lost ? ", " : "",
				       words_count(run, group->losses.possible,
						   *lost ? "more message" : "message"))
			: "";

	return model_format(run, "%s%s%sin %s", lost, possible, *lost || *possible ? ", " : "",
			    words_count(run, (int64_t)group->process_count, "process"));
}
