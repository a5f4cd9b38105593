/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greenlet.c - see greenlet.h.
 *
 * The package's own function for Python is asked: its C functions are reached through a table
 * that has changed between versions. What was pending stays pending.
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
	/* One that is being imported has nothing to ask yet: it is looked at again. */
	if (!module || python_greenlet_ask)
		python_greenlet_modules = count;
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	py.PyErr_Restore(type, value, traceback);
}

const void *python_greenlet(void)
{
	object *type, *value, *traceback;

	/* A function that returns while an exception is pending has gone wrong, for Python. */
	py.PyErr_Fetch(&type, &value, &traceback);
	object *running = python_call(python_greenlet_ask, NULL, 0, NULL);

	if (!running)
		py.PyErr_Clear();
	python_drop(running); /* it runs, and so it lives */
	py.PyErr_Restore(type, value, traceback);
	return running;
}
