/* SPDX-License-Identifier: Apache-2.0 */
/*
 * install.c - replaces a client's methods by the guest's.
 *
 * Under the interpreter's lock, on classes that the host has imported itself.
 */
#include "python/install.h"

#include "python/aiokafka_coroutines.h"
#include "python/batch.h"
#include "python/methods.h"

/* ---- checks that the classes are as the guest expects ---- */

/* Whether a function's first parameters have these names. */
static bool parameters_are(object *function, const char *const *names, size_t count)
{
	object *code = python_get(function, "__code__");
	object *variables = python_get(code, "co_varnames");
	bool same = variables && py.PyTuple_Size(variables) >= (ssize_t)count;

	for (size_t i = 0; same && i < count; i++)
		same = python_text_is(py.PyTuple_GetItem(variables, (ssize_t)i), names[i]);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(variables);
	python_drop(code);
	return same;
}

static bool shape_known_KAFKA_PYTHON(void)
{
	static const char *const append[] = {"self", "timestamp_ms", "key", "value"};
	static const char *const done[] = {"self", "base_offset", "timestamp_ms", "exception"};
	static const char *const done_2_3[] = {"self", "base_offset", "timestamp_ms",
					       "top_level_exception"};

	return parameters_are(method_originals[METHOD_APPEND], append, 4) &&
	       (parameters_are(method_originals[METHOD_DONE], done, 4) ||
		parameters_are(method_originals[METHOD_DONE], done_2_3, 4));
}

static bool shape_known_AIOKAFKA(void)
{
	static const char *const open[] = {"self", "builder", "tp"};
	static const char *const append[] = {"self", "key", "value", "timestamp_ms"};
	static const char *const done[] = {"self", "base_offset"};
	static const char *const fail[] = {"self", "exception"};

	return parameters_are(method_originals[METHOD_AIOKAFKA_OPEN], open, 3) &&
	       parameters_are(method_originals[METHOD_AIOKAFKA_APPEND], append, 4) &&
	       parameters_are(method_originals[METHOD_AIOKAFKA_DONE], done, 2) &&
	       parameters_are(method_originals[METHOD_AIOKAFKA_FAIL], fail, 2);
}

static bool shape_known_CONFLUENT(void)
{
	static const char *const hold[] = {"self", "msg_data", "future"};
	static const char *const cancel[] = {"self"};
	static const char *const assign[] = {"self", "batch_messages", "futures"};

	return parameters_are(method_originals[METHOD_CONFLUENT_HOLD], hold, 3) &&
	       parameters_are(method_originals[METHOD_CONFLUENT_TELL], assign, 3) &&
	       parameters_are(method_originals[METHOD_CONFLUENT_PURGE], cancel, 1);
}

/* ---- wrapping ---- */

/* The doc text holds only a signature, for inspect; it is the same for all versions. */
static struct method_definition definitions[PYTHON_METHOD_COUNT] = {
#define DEFINITION(id, client, owner, name, optional)                                          \
	[METHOD_##id] = {name, method_call_##id, METHOD_FLAGS,                                 \
			 name "($self, /, *args, **kwargs)\n--\n\n"},
	PYTHON_METHODS(DEFINITION)
#undef DEFINITION
};

static const struct method {
	enum python_client client;
	const char *owner;
	const char *name;
	bool optional;
} methods[PYTHON_METHOD_COUNT] = {
#define METHOD(id, client, owner, name, optional)                                              \
	[METHOD_##id] = {PYTHON_CLIENT_##client, owner, name, optional},
	PYTHON_METHODS(METHOD)
#undef METHOD
};

static bool originals_find(enum python_client client)
{
	for (size_t i = 0; i < PYTHON_METHOD_COUNT; i++) {
		if (methods[i].client != client)
			continue;
		object *owner = python_client_class(methods[i].owner);

		method_originals[i] = python_get(owner, methods[i].name);
		python_drop(owner);
		if (!method_originals[i] && !methods[i].optional)
			return false;
	}
	return true;
}

static bool method_set(size_t i, object *function)
{
	object *owner = python_client_class(methods[i].owner);
	bool set = owner && function &&
		   py.PyObject_SetAttrString(owner, methods[i].name, function) == 0;

	if (!set)
		py.PyErr_Clear();
	python_drop(owner);
	return set;
}

static bool method_wrap(size_t i)
{
	object *owner = python_client_class(methods[i].owner);
	object *ours = owner ? py.PyDescr_NewMethod(owner, &definitions[i]) : NULL;
	bool set = method_set(i, ours);

	python_drop(ours);
	python_drop(owner);
	return set;
}

static bool methods_wrap(enum python_client client)
{
	size_t i = 0;

	while (i < PYTHON_METHOD_COUNT &&
	       (methods[i].client != client || !method_originals[i] || method_wrap(i)))
		i++;
	if (i == PYTHON_METHOD_COUNT)
		return true;
	while (i-- > 0)
		if (methods[i].client == client && method_originals[i])
			method_set(i, method_originals[i]);
	return false;
}

bool python_install(enum python_client client)
{
	static bool (*const shape_known[PYTHON_CLIENT_COUNT])(void) = {
		[PYTHON_CLIENT_KAFKA_PYTHON] = shape_known_KAFKA_PYTHON,
		[PYTHON_CLIENT_AIOKAFKA] = shape_known_AIOKAFKA,
		[PYTHON_CLIENT_CONFLUENT] = shape_known_CONFLUENT,
	};

	if (!originals_find(client) || !shape_known[client]() || !python_batch_prepare())
		return false;
	if (client != PYTHON_CLIENT_AIOKAFKA)
		return methods_wrap(client);
	if (!aiokafka_coroutines_wrap())
		return false;
	if (methods_wrap(client))
		return true;
	aiokafka_coroutines_unwrap();
	return false;
}
