/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_python_api.c - see probe_python_api.h.
 */
#include "probe_python_api.h"

#include <dlfcn.h>
#include <string.h>

struct python_api py;

static bool find(const char *name, void *place)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	memcpy(place, &found, sizeof found);
	return found != NULL;
}

bool python_api_find(void)
{
	bool whole = true;

	/* The first one alone in hosts that hold no Python. */
#define FIND(result, name, parameters) whole = whole && find(#name, &py.name);
	PYTHON_API(FIND)
#undef FIND
	whole = whole && find("_Py_NoneStruct", &py.none);
	if (whole && !find("Py_IsFinalizing", &py.is_finalizing))
		find("_Py_IsFinalizing", &py.is_finalizing);
	dlerror();
	return whole;
}

object *python_get(object *from, const char *attribute)
{
	object *value = from ? py.PyObject_GetAttrString(from, attribute) : NULL;

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
	return utf8 && (size_t)bytes == strlen(expected) && memcmp(utf8, expected, (size_t)bytes) == 0;
}
