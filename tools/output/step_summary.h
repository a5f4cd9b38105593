/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step_summary.h - the page that GitHub shows for a step of a job.
 */
#ifndef UNFLUSHED_OUTPUT_STEP_SUMMARY_H
#define UNFLUSHED_OUTPUT_STEP_SUMMARY_H

#include <stdbool.h>

#include "render/render.h"

/* Appends the run in Markdown to the file $GITHUB_STEP_SUMMARY, to which other programs of the
 * step write as well; does nothing if that is not set. False: it was not written, which has
 * been reported. */
bool step_summary_append(struct run *run, const struct render_options *options);

#endif
