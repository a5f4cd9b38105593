/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_python.c - finds kafka-python in the host and wraps its methods.
 *
 * When: inside connect(), called by Python's own socket module. That module
 * has given up the interpreter's lock for the call, on a thread of Python's:
 * taking the lock here and giving it back is what any callback of an
 * extension does, and no native lock is held by that module. A producer
 * learns its partitions over a connection, and takes no message before it
 * knows them: the probe is in before the first message, also when the main
 * thread is blocked for good (a pending call would wait for it for ever).
 *
 * Nothing is imported: only a module that the host has imported is looked
 * at, and one that is still being imported is left for the next connect().
 */
#include "probe_python.h"

#include <string.h>

#include "loaded.h"
#include "python.h"
#include "settings.h"
#include "writer.h"

enum probe_state {
	PROBE_UNTRIED = 0,
	PROBE_WAITING = 1, /* CPython is here, kafka-python is not */
	PROBE_BUSY = 2,	   /* one thread is at it */
	PROBE_OVER = 3,	   /* it is done, or there is nothing to do */
};

/* Survives a fork, as the wrapped classes do. */
static uint32_t probe_state;

static bool state_pass(uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&probe_state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* Python's own socket module is a file of that name, or a part of libpython
 * or of the program. Other callers may hold locks of their own. */
static bool is_socket_module(const void *caller)
{
	struct loaded found;

	if (!loaded_find(caller, &found))
		return false;
	const char *slash = strrchr(found.path, '/');
	const char *name = slash ? slash + 1 : found.path;

	return !name[0] || strncmp(name, "_socket.", 8) == 0 || strncmp(name, "libpython", 9) == 0;
}

/* ---- the shape of the classes ---- */

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

static const char *wrong_shape(void)
{
	static const char *const append[] = {"self", "timestamp_ms", "key", "value"};
	static const char *const done[] = {"self", "base_offset", "timestamp_ms", "exception"};
	static const char *const done_2_3[] = {"self", "base_offset", "timestamp_ms",
					       "top_level_exception"};

	if (!parameters_are(probe_originals[PROBE_APPEND], append, 4))
		return "try_append";
	if (!parameters_are(probe_originals[PROBE_DONE], done, 4) &&
	    !parameters_are(probe_originals[PROBE_DONE], done_2_3, 4))
		return "done";
	return NULL;
}

/* ---- wrapping ---- */

struct shape {
	const char *owner;
	const char *name;
	bool optional;
};

static const struct shape shapes[PROBE_METHOD_COUNT] = {
#define SHAPE(id, owner, name, optional) [PROBE_##id] = {owner, name, optional},
	PROBE_METHODS(SHAPE)
#undef SHAPE
};

static object *modules_find(const char *name)
{
	object *modules = py.PyImport_GetModuleDict(); /* borrowed, as what it holds */

	return modules ? py.PyDict_GetItemString(modules, name) : NULL;
}

/* A new reference to a class, by the module that uses it. */
static object *class_find(const char *name)
{
	static const char *const modules[] = {"kafka.producer.kafka",
					      "kafka.producer.record_accumulator",
					      "kafka.producer.future"};
	object *found = NULL;

	for (size_t i = 0; !found && i < sizeof modules / sizeof *modules; i++)
		found = python_get(modules_find(modules[i]), name);
	return found;
}

/* The first method or class that is missing; NULL: all are there. */
static const char *originals_find(void)
{
	for (size_t i = 0; i < PROBE_METHOD_COUNT; i++) {
		object *owner = class_find(shapes[i].owner);

		probe_originals[i] = python_get(owner, shapes[i].name);
		python_drop(owner);
		if (!probe_originals[i] && !shapes[i].optional)
			return shapes[i].name;
	}
	return wrong_shape();
}

static bool method_wrap(enum probe_method method)
{
	object *owner = class_find(shapes[method].owner);
	object *ours = py.PyDescr_NewMethod(owner, &probe_definitions[method]);
	bool set = ours && py.PyObject_SetAttrString(owner, shapes[method].name, ours) == 0;

	if (!set)
		py.PyErr_Clear();
	python_drop(ours);
	python_drop(owner);
	return set;
}

/* All or nothing: half of the counts would be wrong counts. */
static bool methods_wrap(void)
{
	size_t i = 0;

	while (i < PROBE_METHOD_COUNT && (!probe_originals[i] || method_wrap((enum probe_method)i)))
		i++;
	if (i == PROBE_METHOD_COUNT)
		return true;
	while (i-- > 0) {
		object *owner = class_find(shapes[i].owner);

		if (probe_originals[i] && owner &&
		    py.PyObject_SetAttrString(owner, shapes[i].name, probe_originals[i]) < 0)
			py.PyErr_Clear();
		python_drop(owner);
	}
	return false;
}

static void note(uint32_t bit)
{
	__atomic_fetch_or(&guest->map.process->notes, bit, __ATOMIC_RELAXED);
}

/* With the interpreter's lock held. True when there is nothing more to do. */
static bool probe_enter(void)
{
	object *producer = class_find("KafkaProducer");

	if (!producer)
		return false;
	python_drop(producer);
	python_open(); /* frames, for call sites and more */
	if (!python_version_known() || !python_is_open() || originals_find() ||
	    !probe_calls_prepare() || !methods_wrap()) {
		note(NOTE_PROBE_REFUSED);
		return true;
	}
	note(NOTE_PROBE_PYTHON);
	return true;
}

/* On a thread of the main interpreter's, with its lock or without. */
static bool probe_try(void)
{
	if (!py.Py_IsInitialized() || (py.is_finalizing && py.is_finalizing()))
		return false;
	void *thread = py.PyGILState_GetThisThreadState();

	if (!thread || python_interpreter(thread) != py.PyInterpreterState_Main())
		return false;
	if (py.PyGILState_Check())
		return !py.PyErr_Occurred() && probe_enter();
	int token = py.PyGILState_Ensure();
	bool over = probe_enter();

	py.PyGILState_Release(token);
	return over;
}

void probe_connect_seen(const void *caller)
{
	uint32_t state = __atomic_load_n(&probe_state, __ATOMIC_ACQUIRE);

	if (state >= PROBE_BUSY || !is_socket_module(caller) || !state_pass(state, PROBE_BUSY))
		return;
	if (strcmp(guest_settings.probe_python, "off") == 0 ||
	    (state == PROBE_UNTRIED && !python_api_find()))
		state_pass(PROBE_BUSY, PROBE_OVER);
	else
		state_pass(PROBE_BUSY, probe_try() ? PROBE_OVER : PROBE_WAITING);
}
