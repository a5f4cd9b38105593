/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python.c - see python.h.
 *
 * Through CPython's public C API, looked up in the host, 3.9 and newer (with
 * 3.8 the frame's code cannot be had through functions, and the site stays
 * the native one). Everything is read while the lock is held, nothing is
 * called that can run Python code, and no exception is left or lost: an
 * attribute that fails clears only its own error, and none is pending when
 * an extension function has just been called.
 */
#define _GNU_SOURCE
#include "python.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/types.h>

#include "guest.h"
#include "guest_state.h"
#include "writer.h"

typedef struct object_struct object; /* PyObject, PyFrameObject, PyCodeObject */

#define PYTHON_FUNCTIONS(_) \
	_(int, PyGILState_Check, (void)) \
	_(object *, PyEval_GetFrame, (void)) \
	_(object *, PyFrame_GetCode, (object *)) \
	_(object *, PyFrame_GetBack, (object *)) \
	_(int, PyFrame_GetLineNumber, (object *)) \
	_(object *, PyObject_GetAttrString, (object *, const char *)) \
	_(const char *, PyUnicode_AsUTF8AndSize, (object *, ssize_t *)) \
	_(void, Py_DecRef, (object *)) \
	_(object *, PyErr_Occurred, (void)) \
	_(void, PyErr_Clear, (void))

static struct {
#define MEMBER(result, name, parameters) result(*name) parameters;
	PYTHON_FUNCTIONS(MEMBER)
	/* 3.11 and newer: cheaper than the line, and tells two calls in one
	 * line apart. */
	int (*PyFrame_GetLasti)(object *);
} python;

uint32_t python_state;

static bool functions_find(void)
{
	void *function;

#define FIND(result, name, parameters) \
	function = dlsym(RTLD_DEFAULT, #name); \
	if (!function) \
		return false; \
	memcpy(&python.name, &function, sizeof function);
	PYTHON_FUNCTIONS(FIND)
	function = dlsym(RTLD_DEFAULT, "PyFrame_GetLasti");
	memcpy(&python.PyFrame_GetLasti, &function, sizeof function);
	return true;
}

void python_open(void)
{
	uint32_t untried = PYTHON_UNTRIED;

	if (__atomic_compare_exchange_n(&python_state, &untried, PYTHON_TRYING, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		bool found = functions_find();

		if (!found)
			dlerror();
		__atomic_store_n(&python_state, found ? PYTHON_FOUND : PYTHON_ABSENT, __ATOMIC_RELEASE);
	}
	if (python_is_open())
		__atomic_fetch_or(&guest->map.process->notes, NOTE_PYTHON, __ATOMIC_RELAXED);
}

/* Code is compared by address and by position in it. Two levels, because a
 * client's own wrapper is often the inner one. */
static uint64_t place_mix(uint64_t place, object *frame, bool by_line)
{
	object *code = python.PyFrame_GetCode(frame);
	int at = python.PyFrame_GetLasti && !by_line ? python.PyFrame_GetLasti(frame)
						     : python.PyFrame_GetLineNumber(frame);

	place = (place ^ (uintptr_t)code) * 0x9e3779b97f4a7c15u;
	place = (place ^ (uint32_t)at) * 0x9e3779b97f4a7c15u;
	python.Py_DecRef(code);
	return place;
}

static object *running_frame(void)
{
	if (!python_is_open() || !python.PyGILState_Check())
		return NULL;
	return python.PyEval_GetFrame(); /* borrowed */
}

static uint64_t place(bool by_line)
{
	object *frame = running_frame();

	if (!frame)
		return 0;
	uint64_t mixed = place_mix(1, frame, by_line);
	object *back = python.PyFrame_GetBack(frame); /* ours to release */

	if (back) {
		mixed = place_mix(mixed, back, by_line);
		python.Py_DecRef(back);
	}
	return mixed | 1;
}

uint64_t python_place(void)
{
	return place(false);
}

uint64_t python_line(void)
{
	return place(true);
}

static trace_string text_of(object *code, const char *attribute)
{
	object *value = python.PyObject_GetAttrString(code, attribute);
	const char *text = NULL;
	trace_string string = 0;
	ssize_t bytes = 0;

	if (value)
		text = python.PyUnicode_AsUTF8AndSize(value, &bytes);
	if (text)
		string = writer_string(text, (size_t)bytes);
	if (python.PyErr_Occurred())
		python.PyErr_Clear();
	if (value)
		python.Py_DecRef(value);
	return string;
}

static void frame_write(struct trace_frame *to, object *frame)
{
	object *code = python.PyFrame_GetCode(frame);
	int line = python.PyFrame_GetLineNumber(frame);

	to->file = text_of(code, "co_filename");
	to->function = text_of(code, "co_qualname"); /* 3.11 */
	if (!to->function)
		to->function = text_of(code, "co_name");
	to->line = line > 0 ? (uint32_t)line : 0;
	python.Py_DecRef(code);
}

void python_frames(struct trace_site *row)
{
	object *frame = running_frame();
	bool owned = false;

	while (frame && row->depth < TRACE_FRAMES) {
		object *back = python.PyFrame_GetBack(frame);

		frame_write(&row->frames[row->depth++], frame);
		if (owned)
			python.Py_DecRef(frame);
		frame = back;
		owned = true;
	}
	if (frame && owned)
		python.Py_DecRef(frame);
}
