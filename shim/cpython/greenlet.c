/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greenlet.c - see greenlet.h.
 *
 * Calls the package's function for Python code: its C functions are in a table whose layout
 * differs between versions. A pending exception stays pending.
 */
#include "cpython/greenlet.h"

object *python_greenlet_ask;
ssize_t python_greenlet_modules;

void python_greenlet_find(object *modules, ssize_t count)
{
	object *type, *value, *traceback;

	py.PyErr_Fetch(&type, &value, &traceback);
	object *module =
		modules ? py.PyDict_GetItemString(modules, "greenlet") : NULL; /* borrowed */

	python_greenlet_ask = python_get(module, "getcurrent");
	/* A module that is being imported has no such function yet: looked up again later. */
	if (!module || python_greenlet_ask)
		python_greenlet_modules = count;
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	py.PyErr_Restore(type, value, traceback);
}

const void *python_greenlet(void)
{
	object *type, *value, *traceback;

	/* Put aside: Python treats a function that returns with an exception pending as an
	 * error. */
	py.PyErr_Fetch(&type, &value, &traceback);
	object *running = python_call(python_greenlet_ask, NULL, 0, NULL);

	if (!running)
		py.PyErr_Clear();
	python_drop(running); /* it runs, so it is not freed */
	py.PyErr_Restore(type, value, traceback);
	return running;
}
