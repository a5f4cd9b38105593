/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.c - see frames.h.
 */
#include "cpython/line.h"
#include "python/frames.h"
#include "site/callsite.h"

#define CLIENT_FRAMES 12

/* Only a coroutine or a generator awaits. Below a coroutine on the stack there is a
 * function of the event loop, which runs a step of its task, or, if the loop is not
 * written in Python (uvloop), the function that runs the loop: the line that made the
 * task is not on the stack. */
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

uint32_t python_frames_site(frame_own_fn *is_own, const void *caller, const void *frame)
{
	object *begin = frame_of_application(is_own);

	python_begin_at(begin);
	uint32_t site = callsite_find(caller, frame);

	python_begin_at(NULL);
	python_drop(begin);
	return site;
}

/* ---- whether a line drops the result of a call ---- */

#define STATEMENT_FRAMES 8

/* The code units of a code object, two bytes each, the opcode first; instructions that the
 * interpreter has specialized are returned as they were compiled. */
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

/* Opcodes differ between versions, so they are found by compiling: "f()" and "" have a
 * common end; before it is the one that drops a value (POP_TOP), and before that the one
 * that calls. Compiled as an expression, "f()" ends with a return. */
static struct operations {
	bool known;
	int drop, call, give_back; /* 0: not found */
} operations;

/* The last operation at or before `at`, without caches. */
static int operation_before(const struct units *units, ssize_t at)
{
	while (at >= 0 && !units->at[2 * at])
		at--;
	return at >= 0 ? units->at[2 * at] : 0;
}

static void operations_find(void)
{
	object *call = py.Py_CompileString("f()", PYTHON_OWN_FILE, 257 /* Py_file_input */);
	object *nothing = py.Py_CompileString("pass", PYTHON_OWN_FILE, 257);
	object *value = py.Py_CompileString("f()", PYTHON_OWN_FILE, 258 /* Py_eval_input */);
	struct units longer = units_of(call), shorter = units_of(nothing),
		     third = units_of(value);
	ssize_t at = longer.count - 1, end = shorter.count - 1;

	while (at >= 0 && end >= 0 && longer.at[2 * at] == shorter.at[2 * end]) {
		at--;
		end--;
	}
	operations.known = true;
	operations.drop = at >= 0 ? longer.at[2 * at] : 0;
	operations.call = operation_before(&longer, at - 1);
	operations.give_back = operation_before(&third, third.count - 1);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(longer.bytes);
	python_drop(shorter.bytes);
	python_drop(third.bytes);
	python_drop(call);
	python_drop(nothing);
	python_drop(value);
}

/* The operation behind the one at *at; 0: there is none. Between the two may be inline
 * caches (opcode 0). */
static int operation_next(const struct units *units, ssize_t *at)
{
	do
		++*at;
	while (*at < units->count && !units->at[2 * *at]);
	return *at < units->count ? units->at[2 * *at] : 0;
}

/* The operation by which a frame, in a call or just behind one, uses its result. */
static int frame_next(object *frame)
{
	object *last = python_get(frame, "f_lasti"), *code = python_frame_code(frame);
	struct units units = units_of(code);
	ssize_t at = (ssize_t)python_number(last, -2) / 2;
	int next = 0;

	if (at >= 0 && at < units.count) {
		int now = units.at[2 * at];

		next = operation_next(&units, &at);
		/* 3.11 calls by two operations (PRECALL, CALL); a specialized call happens in
		 * the first. */
		if (next == operations.call && now != operations.call)
			next = operation_next(&units, &at);
		if (now == operations.drop)
			next = now;
	}
	python_drop(units.bytes);
	python_drop(code);
	python_drop(last);
	return next;
}

static bool is_at(object *frame, uint32_t site)
{
	python_begin_at(frame);
	bool is = callsite_is_here(site);

	python_begin_at(NULL);
	return is;
}

/* Takes over the reference to the innermost frame. A function that sends may return the future
 * to its caller, which may drop it. */
static bool stack_drops(object *frame, uint32_t site)
{
	bool arrived = false, drops = false;

	for (int depth = 0; frame && !drops && depth < STATEMENT_FRAMES; depth++) {
		arrived = arrived || is_at(frame, site);
		int next = arrived ? frame_next(frame) : 0;
		bool goes_on = !arrived || (next && next == operations.give_back);

		drops = next && next == operations.drop;
		object *back = goes_on ? python_frame_back(frame) : NULL;

		py.Py_DecRef(frame);
		frame = back;
	}
	python_drop(frame);
	return drops;
}

bool python_frames_drop_now(const void *thread, uint32_t site)
{
	void *one = py.PyInterpreterState_ThreadHead(py.PyInterpreterState_Main());

	if (!operations.known)
		operations_find();
	while (one && one != thread)
		one = py.PyThreadState_Next(one);
	return one && site && stack_drops(python_thread_frame(one), site);
}

/* ---- whether the application waits for a future ---- */

/* Whether a task or a future has a callback that wakes a waiting task. */
static bool is_awaited(object *future)
{
	return python_is_true(future, "_callbacks");
}

static bool any_awaited(object *many, ssize_t (*size)(object *),
			object *(*item)(object *, ssize_t), const char *member)
{
	ssize_t count = many ? size(many) : 0;
	bool found = false;

	for (ssize_t i = 0; i < count && !found; i++) {
		object *one = item(many, i); /* borrowed */
		object *content = member ? python_get(one, member) : NULL;

		found = is_awaited(member ? content : one);
		python_drop(content);
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return found;
}

/* Whether a callback wakes a task, or completes a future that gather(), wait() or
 * wait_for() made, which are in its closure or its arguments. */
static bool callback_is_waiting(object *callback)
{
	static const char *const places[] = {"__closure__", "args"};
	object *task = python_get(callback, "__self__");
	bool waiting = task && is_awaited(task);

	python_drop(task);
	for (size_t i = 0; i < 2 && !waiting; i++) {
		object *held = python_get(callback, places[i]);

		if (python_is_given(held))
			waiting = any_awaited(held, py.PyTuple_Size, py.PyTuple_GetItem,
					      i == 0 ? "cell_contents" : NULL);
		python_drop(held);
	}
	return waiting;
}

/*
 * A task that waits counts only if the task itself is awaited: one that was
 * started and not kept ends with the program, whatever it waits for.
 */
bool python_frames_await(object *future)
{
	object *callbacks = python_get(future, "_callbacks");
	ssize_t count = python_is_given(callbacks) ? py.PyObject_Size(callbacks) : 0;
	bool waiting = false;

	for (ssize_t i = 0; i < count && !waiting; i++) {
		object *pair = py.PyList_GetItem(callbacks, i); /* callback, context */

		if (pair)
			waiting = callback_is_waiting(py.PyTuple_GetItem(pair, 0));
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(callbacks);
	return waiting;
}
