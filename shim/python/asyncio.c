/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asyncio.c - see asyncio.h.
 */
#include "python/asyncio.h"

/* A task or a future, and somebody waits for it. */
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

/* What a callback is for: the task that it wakes, or the future that gather(),
 * wait() or wait_for() made, which are in its closure or its arguments. */
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
 * A task that waits counts when somebody waits for the task: one that was
 * started and forgotten ends with the program, whatever it waits for.
 */
bool asyncio_future_is_waited_for(object *future)
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
