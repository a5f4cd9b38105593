/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - whose code a frame is, and which frame of a stack a report names.
 *
 * A report is for people who can change the program: it names the first frame of the user's
 * own code, not of a library, framework or third-party wrapper that called the client.
 * origin.def lists what is not the user's code.
 */
#ifndef UNFLUSHED_MODEL_ORIGIN_H
#define UNFLUSHED_MODEL_ORIGIN_H

#include "model/model.h"

/* The origin in the first row of origin.def that matches. Code that matches `patterns` (each a
 * part of a path, a function's full name or a module's path, where * matches anything) counts
 * as a framework's. */
enum origin origin_of(const struct frame *frame, const struct not_mine *patterns);

/* Sets the origin of all frames in all sites of a run, and each site's place. */
void origin_mark(struct run *run);

const char *origin_name(enum origin origin); /* user, library, framework, runtime, client */

#endif
