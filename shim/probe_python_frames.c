/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_python_frames.c - see probe_python_frames.h.
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

/* ---- what a line does with what it gets ---- */

#define STATEMENT_FRAMES 8

/* The code units of a piece of code, two bytes each, the operation first; what the
 * interpreter has rewritten as it ran is given as it was compiled. */
struct units {
	object *bytes;
	const unsigned char *at;
	ssize_t count;
};

static struct units units_of(object *code)
{
	struct units units = {.bytes = python_get(code, "co_code")};
	char *at;
	ssize_t bytes;

	if (units.bytes && py.PyBytes_AsStringAndSize(units.bytes, &at, &bytes) == 0) {
		units.at = (const unsigned char *)at;
		units.count = bytes / 2;
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return units;
}

/* The number of the operation that drops a value (POP_TOP) is not the same in all
 * versions: it is what stands before the common end of "f()" and of nothing. */
static int operation_drop(void)
{
	static int operation = -1;

	if (operation >= 0)
		return operation;
	object *call = py.Py_CompileString("f()", PYTHON_OWN_FILE, 257 /* Py_file_input */);
	object *nothing = py.Py_CompileString("pass", PYTHON_OWN_FILE, 257);
	struct units longer = units_of(call), shorter = units_of(nothing);
	ssize_t end = 1;

	while (end <= shorter.count && end < longer.count &&
	       longer.at[2 * (longer.count - end)] == shorter.at[2 * (shorter.count - end)])
		end++;
	operation = end <= longer.count ? longer.at[2 * (longer.count - end)] : 0;
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(longer.bytes);
	python_drop(shorter.bytes);
	python_drop(call);
	python_drop(nothing);
	return operation;
}

/* Whether a frame is in a call, or just behind one, whose result is dropped next.
 * What lies between is the interpreter's memory of that call, operation 0. */
static bool frame_drops(object *frame)
{
	object *last = python_get(frame, "f_lasti"), *code = python_frame_code(frame);
	struct units units = units_of(code);
	ssize_t at = (ssize_t)python_number(last, -2) / 2;
	bool drops = false;

	if (at >= 0 && at < units.count) {
		drops = units.at[2 * at] == operation_drop();
		do
			at++;
		while (at < units.count && !units.at[2 * at]);
		drops = drops || (at < units.count && units.at[2 * at] == operation_drop());
	}
	python_drop(units.bytes);
	python_drop(code);
	python_drop(last);
	return drops;
}

/* Takes over the reference to the innermost frame. */
static bool stack_drops(object *frame, uint32_t site)
{
	bool drops = false;

	for (int depth = 0; frame && depth < STATEMENT_FRAMES; depth++) {
		python_begin_at(frame);
		drops = callsite_is_here(site) && frame_drops(frame);
		python_begin_at(NULL);
		object *back = drops ? NULL : python_frame_back(frame);

		py.Py_DecRef(frame);
		frame = back;
	}
	python_drop(frame);
	return drops;
}

bool probe_drops_now(const void *thread, uint32_t site)
{
	void *one = py.PyInterpreterState_ThreadHead(py.PyInterpreterState_Main());

	while (one && one != thread)
		one = py.PyThreadState_Next(one);
	return one && site && stack_drops(python_thread_frame(one), site);
}
