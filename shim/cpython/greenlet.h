/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greenlet.h - which greenlet a thread runs.
 *
 * gevent, eventlet and others let one thread of the system run many greenlets. Each has
 * frames of its own, and may give way to another in the middle of any call that waits: so the
 * calls of one thread do not nest, but those of one greenlet do.
 */
#ifndef UNFLUSHED_CPYTHON_GREENLET_H
#define UNFLUSHED_CPYTHON_GREENLET_H

#include "cpython/api.h"

/* The function greenlet.getcurrent; NULL: this process has not imported greenlet. */
extern object *python_greenlet_ask;
extern ssize_t python_greenlet_modules; /* modules imported when it was last looked for */

/* Looks for greenlet in the dict `modules` (sys.modules), which has `count` entries. */
void python_greenlet_find(object *modules, ssize_t count);

/* Whether there may be greenlets. To be called with the interpreter's lock. Takes some 5 ns,
 * so it can be called each time: greenlet may be imported later. */
static inline bool python_greenlets(void)
{
	if (!python_greenlet_ask) {
		object *modules = py.PyImport_GetModuleDict(); /* borrowed */
		ssize_t count = modules ? py.PyObject_Size(modules) : 0;

		if (__builtin_expect(count != python_greenlet_modules, 0))
			python_greenlet_find(modules, count);
	}
	return python_greenlet_ask != NULL;
}

/* The greenlet that runs on this thread: without a reference, so only to be compared. NULL: not
 * known. With the interpreter's lock, and only if python_greenlets(). */
const void *python_greenlet(void);

#endif
