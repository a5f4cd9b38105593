/* SPDX-License-Identifier: Apache-2.0 */
/*
 * methods.c - what the methods that stand in for a client's own have in common.
 *
 * Each calls the original once, with the host's arguments, and returns what
 * it returned, its exception included: ours happens before it, or after it
 * with the exception put aside. Everything runs under the interpreter's lock.
 */
#include "python/methods.h"

#include <alloca.h>
#include <string.h>

__thread struct method_thread method_thread __attribute__((tls_model("initial-exec")));

object *method_originals[PYTHON_METHOD_COUNT];

object *method_original(enum python_method method, object *self, object *const *args,
			ssize_t count, object *names)
{
	size_t named = names ? (size_t)py.PyTuple_Size(names) : 0;
	size_t given = (size_t)count;
	object **all = alloca((given + named + 1) * sizeof *all);

	all[0] = self;
	if (given + named)
		memcpy(all + 1, args, (given + named) * sizeof *all);
	return python_call(method_originals[method], all, given + 1, names);
}

object *method_argument(object *const *args, ssize_t count, object *names, ssize_t place,
			const char *name)
{
	ssize_t named = names ? py.PyTuple_Size(names) : 0;

	if (place < count)
		return args[place];
	for (ssize_t i = 0; i < named; i++)
		if (python_text_is(py.PyTuple_GetItem(names, i), name))
			return args[count + i];
	return NULL;
}
