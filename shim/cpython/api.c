/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.c - see api.h.
 */
#define _GNU_SOURCE 1 /* RTLD_DEFAULT */
#include "cpython/api.h"

#include <stdint.h>
#include <string.h>

#include "guest/linker.h"

struct python_api py;

static bool find(const char *name, void *place)
{
	void *found = linker_symbol(RTLD_DEFAULT, name);

	memcpy(place, &found, sizeof found);
	return found != NULL;
}

static bool all_find(void)
{
	bool whole = true;

	/* In hosts without Python only the first one is looked up. */
#define FIND(result, name, parameters) whole = whole && find(#name, &py.name);
	PYTHON_API(FIND)
#undef FIND
	return whole && find("_Py_NoneStruct", &py.none) &&
	       (find("PyThreadState_GetUnchecked", &py.PyThreadState_GetUnchecked) ||
		find("_PyThreadState_UncheckedGet", &py.PyThreadState_GetUnchecked));
}

/* Functions that some versions lack. */
static void rest_find(void)
{
	if (!find("Py_IsFinalizing", &py.is_finalizing))
		find("_Py_IsFinalizing", &py.is_finalizing);
	find("PyObject_Vectorcall", &py.PyObject_Vectorcall);
	find("PyObject_VectorcallDict", &py.PyObject_VectorcallDict);
	find("PyThreadState_GetInterpreter", &py.PyThreadState_GetInterpreter);
	find("PyThreadState_GetFrame", &py.PyThreadState_GetFrame);
	if (!find("PyFrame_GetBack", &py.PyFrame_GetBack) ||
	    !find("PyFrame_GetCode", &py.PyFrame_GetCode))
		py.PyFrame_GetBack = NULL;
	find("PyFrame_GetLasti", &py.PyFrame_GetLasti);
}

/* Two threads may do this at once: they find the same. A failure is not remembered, because
 * Python may be loaded later. */
bool python_api_find(void)
{
	static uint32_t found;

	if (!__atomic_load_n(&found, __ATOMIC_ACQUIRE)) {
		bool whole = all_find();

		if (whole)
			rest_find();
		linker_error_clear(); /* dlerror() must not return it */
		if (!whole)
			return false;
		__atomic_store_n(&found, 1, __ATOMIC_RELEASE);
	}
	return true;
}

/* Older versions than 3.8 were never tried. In free-threaded builds, without the one
 * lock, several threads could store to one batch's account at once. */
bool python_version_known(void)
{
	const char *version = py.Py_GetVersion();

	if (strstr(version, "free-threading"))
		return false;
	return py.PyThreadState_GetInterpreter || strncmp(version, "3.8.", 4) == 0;
}

void *python_interpreter(void *thread)
{
	if (py.PyThreadState_GetInterpreter)
		return py.PyThreadState_GetInterpreter(thread);
	/* 3.8 and before: PyThreadState begins with prev, next, interp, frame. */
	return ((void **)thread)[2];
}

object *python_thread_frame(void *thread)
{
	if (py.PyThreadState_GetFrame)
		return py.PyThreadState_GetFrame(thread);
	object *frame = ((object **)thread)[3];

	if (frame)
		py.Py_IncRef(frame);
	return frame;
}

static object *names_take(object *names, object *const *values)
{
	object *taken = py.PyDict_New();
	ssize_t count = py.PyTuple_Size(names);

	for (ssize_t i = 0; taken && i < count; i++)
		if (py.PyDict_SetItem(taken, py.PyTuple_GetItem(names, i), values[i]) < 0) {
			py.Py_DecRef(taken);
			taken = NULL;
		}
	return taken;
}

static object *tuple_make(object *const *items, size_t count)
{
	object *tuple = py.PyTuple_New((ssize_t)count);

	for (size_t i = 0; tuple && i < count; i++) {
		py.Py_IncRef(items[i]);
		py.PyTuple_SetItem(tuple, (ssize_t)i, items[i]); /* takes it over */
	}
	return tuple;
}

object *python_call(object *callable, object *const *args, size_t count, object *names)
{
	if (py.PyObject_Vectorcall)
		return py.PyObject_Vectorcall(callable, args, count, names);
	object *named = names ? names_take(names, args + count) : NULL;
	object *given = NULL, *result = NULL;

	if (names && !named)
		return NULL;
	if (py.PyObject_VectorcallDict)
		result = py.PyObject_VectorcallDict(callable, args, count, named);
	else if ((given = tuple_make(args, count)))
		result = py.PyObject_Call(callable, given, named);
	python_drop(given);
	python_drop(named);
	return result;
}

object *python_get(object *from, const char *attribute)
{
	object *value = from ? py.PyObject_GetAttrString(from, attribute) : NULL;

	if (!value && py.PyErr_Occurred())
		py.PyErr_Clear();
	return value;
}

static object *name_make(object **name, const char *text)
{
	if (!*name && !(*name = py.PyUnicode_InternFromString(text)))
		py.PyErr_Clear();
	return *name;
}

object *python_member(object *from, object **name, const char *attribute)
{
	object *value =
		from && name_make(name, attribute) ? py.PyObject_GetAttr(from, *name) : NULL;

	if (!value && py.PyErr_Occurred())
		py.PyErr_Clear();
	return value;
}

object *python_item(object *dict, object **name, const char *key)
{
	object *value = name_make(name, key) ? py.PyDict_GetItemWithError(dict, *name) : NULL;

	if (!value && py.PyErr_Occurred())
		py.PyErr_Clear();
	return value;
}

void python_drop(object *value)
{
	if (value)
		py.Py_DecRef(value);
}

bool python_is_true(object *from, const char *attribute)
{
	object *value = python_get(from, attribute);
	int truth = value ? py.PyObject_IsTrue(value) : 0;

	if (truth < 0)
		py.PyErr_Clear();
	python_drop(value);
	return truth > 0;
}

long python_number(object *value, long otherwise)
{
	long number = value ? py.PyLong_AsLong(value) : otherwise;

	if (number == -1 && py.PyErr_Occurred()) {
		py.PyErr_Clear();
		return otherwise;
	}
	return number;
}

bool python_text_is(object *text, const char *expected)
{
	ssize_t bytes = 0;
	const char *utf8 = text ? py.PyUnicode_AsUTF8AndSize(text, &bytes) : NULL;

	if (!utf8 && py.PyErr_Occurred())
		py.PyErr_Clear();
	return utf8 && (size_t)bytes == strlen(expected) &&
	       memcmp(utf8, expected, (size_t)bytes) == 0;
}

const char *python_text(object *text)
{
	const char *utf8 =
		python_is_given(text) ? py.PyUnicode_AsUTF8AndSize(text, NULL) : NULL;

	if (!utf8 && py.PyErr_Occurred())
		py.PyErr_Clear();
	return utf8 ? utf8 : "";
}

uint64_t python_size(object *value)
{
	ssize_t size = python_is_given(value) ? py.PyObject_Size(value) : 0;

	if (size < 0) {
		py.PyErr_Clear();
		return 0;
	}
	return (uint64_t)size;
}
