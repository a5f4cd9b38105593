/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_python_frames.c - past the frames of a client's own, to the line of the
 * application.
 */
#include "callsite.h"
#include "probe_python_frames.h"
#include "python.h"

#define CLIENT_FRAMES 12

/* Only a coroutine or a generator awaits. Below a coroutine a function is an
 * event loop's that takes its task a step further, or, where the loop is no Python
 * (uvloop), whoever runs that: the line that made the task is not on the stack. */
static bool can_await(object *code)
{
	enum { GENERATOR = 0x20, COROUTINE = 0x80, ITERABLE = 0x100, ASYNC_GENERATOR = 0x200 };
	object *flags = python_get(code, "co_flags");
	long set = flags ? python_number(flags, 0) : 0;

	python_drop(flags);
	return (set & (GENERATOR | COROUTINE | ITERABLE | ASYNC_GENERATOR)) != 0;
}

/* A new reference: the application's frame, or else the client's outermost. */
static object *frame_of_application(frame_own_fn *is_own)
{
	object *frame = py.PyEval_GetFrame(), *clients = NULL;

	if (frame)
		py.Py_IncRef(frame);
	for (int depth = 0; frame && depth < CLIENT_FRAMES; depth++) {
		object *code = python_frame_code(frame);
		bool ours = false;
		bool own = code && is_own(code, &ours);
		bool loop = code && !own && depth > 0 && !can_await(code);

		python_drop(code);
		if (!own && !loop)
			break;
		object *back = loop ? NULL : python_frame_back(frame);

		if (own && !ours) {
			python_drop(clients);
			clients = frame;
		} else {
			py.Py_DecRef(frame);
		}
		frame = back;
	}
	if (!frame)
		return clients;
	python_drop(clients);
	return frame;
}

uint32_t probe_site(frame_own_fn *is_own, const void *caller, const void *frame)
{
	object *begin = frame_of_application(is_own);

	python_begin_at(begin);
	uint32_t site = callsite_find(caller, frame);

	python_begin_at(NULL);
	python_drop(begin);
	return site;
}
