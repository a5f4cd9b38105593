/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.c - see value.h.
 */
#include "python/value.h"

const char *value_text(object *text)
{
	const char *utf8 = value_is_given(text) ? py.PyUnicode_AsUTF8AndSize(text, NULL) : NULL;

	if (!utf8 && py.PyErr_Occurred())
		py.PyErr_Clear();
	return utf8 ? utf8 : "";
}

uint64_t value_size(object *bytes)
{
	ssize_t size = value_is_given(bytes) ? py.PyObject_Size(bytes) : 0;

	if (size < 0) {
		py.PyErr_Clear();
		return 0;
	}
	return (uint64_t)size;
}
