/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step_summary.h - the page that GitHub shows of a step of a job.
 */
#ifndef UNFLUSHED_OUTPUT_STEP_SUMMARY_H
#define UNFLUSHED_OUTPUT_STEP_SUMMARY_H

#include <stdbool.h>

#include "render/render.h"

/* Puts the run in Markdown behind what is in the file of $GITHUB_STEP_SUMMARY, which other
 * programs of the step write to as well; nothing, where that is not set. False: it was not
 * written, and that has been said. */
bool step_summary_append(struct run *run, const struct render_options *options);

#endif
