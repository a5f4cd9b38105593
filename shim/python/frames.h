/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.h - the application's line that produces, found behind a client's coroutines; whether
 * that line drops the future that it gets, and whether the application waits for a future.
 */
#ifndef UNFLUSHED_PYTHON_FRAMES_H
#define UNFLUSHED_PYTHON_FRAMES_H

#include <stdint.h>

#include "cpython/api.h"

/* Whether this is the code of one of the client's own functions on the way from
 * the application's line to its memory; `ours`: of one that we put there. */
typedef bool frame_own_fn(object *code, bool *ours);

/* The line of the application that produces now; 0 unknown. */
uint32_t python_frames_site(frame_own_fn *is_own, const void *caller, const void *frame);

/* Whether a thread of Python's, which may have ended, is on the line of a site (as
 * callsite_find returned it) in a call whose result its statement drops. With the
 * interpreter's lock. */
bool python_frames_drop_now(const void *thread, uint32_t site);

/* Whether something waits for this asyncio future, such as a task or gather(), and something
 * waits for that in turn. */
bool python_frames_await(object *future);

#endif
