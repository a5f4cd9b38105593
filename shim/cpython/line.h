/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line.h - the Python line that this thread runs, if it runs Python code.
 */
#ifndef UNFLUSHED_CPYTHON_LINE_H
#define UNFLUSHED_CPYTHON_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

struct object_struct; /* PyObject */
struct stacks_frames;

/* The file name of what the probe itself runs in the interpreter. */
#define PYTHON_OWN_FILE "<unflushed>"

enum { PYTHON_UNTRIED = 0, PYTHON_TRYING = 1, PYTHON_FOUND = 2, PYTHON_ABSENT = 3 };
extern uint32_t python_state;

static inline bool python_is_open(void)
{
	return __atomic_load_n(&python_state, __ATOMIC_ACQUIRE) == PYTHON_FOUND;
}

/* Whether this thread holds the GIL as a thread of the main interpreter. */
bool python_has_lock(void);

/*
 * A number that identifies the position in the Python code that is running now
 * and those of its callers, 16 frames in all. Cheap, because no text is made.
 * 0: no interpreter is in the process, or this thread does not hold its lock,
 * without which nothing of it may be looked at.
 */
uint64_t python_place(void);

/* The same by lines: dearer, and equal where an interpreter that rewrites its
 * code as it runs (3.11 and newer) makes two positions of one call. */
uint64_t python_line(void);

/* The running frames, innermost first; their texts go into the trace. */
void python_frames(struct stacks_frames *frames);

/* Looks for an interpreter in the process; once, when a producer is made. */
void python_open(void);

/* Writes the interpreter's version into the trace; `version` as Py_GetVersion() returns it. */
void python_version_note(const char *version);

/* From now on this thread's places begin at `frame` and not at the running frame, so that a
 * client's own frames are left out; NULL ends that. */
void python_begin_at(struct object_struct *frame);

/* What a frame runs, and the frame that called it: new references, or NULL.
 * When python_is_open(), and with the interpreter's lock. */
struct object_struct *python_frame_code(struct object_struct *frame);
struct object_struct *python_frame_back(struct object_struct *frame);

#endif
