/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.h - the line of the application, behind a client's coroutines,
 * what it does with what it gets, and whether it waits for it.
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

/* Whether somebody waits for a future of asyncio's, and for that again. */
bool python_frames_await(object *future);

#endif
