/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_coroutines.c - aiokafka's coroutine functions: send, flush, stop
 * and transactions.
 *
 * A replacement of a coroutine function must be one, too, since inspect, asyncio
 * and mocks check that. So it is written in Python: the text below awaits the
 * original with the same arguments, returns its result, and calls a function of the
 * guest before and another one after. These raise no exception.
 */
#include "python/aiokafka_coroutines.h"

#include <librdkafka/rdkafka.h>

#include "account/counts.h"
#include "account/refused.h"
#include "account/waits.h"
#include "cpython/line.h"
#include "python/account.h"
#include "python/aiokafka_account.h"
#include "python/clients.h"
#include "python/error.h"
#include "python/methods.h"
#include "python/send.h"
#include "trace/record.h"

static const char wrapper_text[] =
	"def wrap(original, began, ended):\n"
	"    async def wrapper(self, /, *args, **kwargs):\n"
	"        wait = began(self)\n"
	"        try:\n"
	"            result = await original(self, *args, **kwargs)\n"
	"        except BaseException as error:\n"
	"            ended(self, wait, error, args, kwargs)\n"
	"            raise\n"
	"        ended(self, wait, None, args, kwargs)\n"
	"        return result\n"
	"    for name in ('__module__', '__name__', '__qualname__', '__doc__'):\n"
	"        setattr(wrapper, name, getattr(original, name))\n"
	"    wrapper.__wrapped__ = original\n"
	"    return wrapper\n";

static const char *const names_of[AIOKAFKA_COROUTINE_COUNT] = {
#define NAME(id, name) [AIOKAFKA_##id] = name,
	AIOKAFKA_COROUTINES(NAME)
#undef NAME
};

/* References that are never released. */
static object *originals[AIOKAFKA_COROUTINE_COUNT];

/* ---- before and after ---- */

/* send() raised: its message is in no batch. */
static void send_ended(struct account_producer *producer, uint32_t site, object *error,
		       object *given, object *named)
{
	static const char *const parts[] = {"topic", "value", "key"};
	object *args[3];

	if (!error && !refused_open(producer))
		return;
	for (ssize_t i = 0; i < 3; i++) {
		args[i] = i < py.PyTuple_Size(given) ? py.PyTuple_GetItem(given, i)
						     : py.PyDict_GetItemString(named, parts[i]);
		if (!args[i])
			args[i] = py.none;
	}
	struct refused_message message = python_send_message(args, 3, NULL);

	if (error)
		refused_add(producer, python_text(args[0]), site,
			    python_size(args[1]) + python_size(args[2]),
			    python_error_code(error), refused_mark(&message));
	else if (refused_resembles(producer, message.key_size, message.value_size) &&
		 refused_resembles_closer(&message))
		refused_accepted(producer, &message);
}

static object *nothing(void)
{
	py.Py_IncRef(py.none);
	return py.none;
}

static struct wait stop_begin(struct account_producer *producer)
{
	struct wait wait = wait_close_begin(producer, 0, true);

	if (wait.producer)
		wait_pends(&wait);
	return wait;
}

/* The wait that a call is, if it waits. */
static struct wait wait_of(struct account_producer *producer, enum aiokafka_coroutine which)
{
	switch (which) {
	case AIOKAFKA_FLUSH:
		return wait_flush_begin(producer, -1, NULL);
	case AIOKAFKA_STOP:
		return stop_begin(producer);
	case AIOKAFKA_COMMIT:
		return wait_transaction_end_begin(producer, WAIT_COMMIT);
	case AIOKAFKA_ABORT:
		return wait_transaction_end_begin(producer, WAIT_ABORT);
	default:
		return (struct wait){.producer = NULL};
	}
}

/* began(producer): returns the wait as a bytes object, which the wrapper keeps, or None. `self`
 * is the number of the coroutine function. */
static object *call_began(object *self, object *const *args, ssize_t count, object *names)
{
	enum aiokafka_coroutine which = (enum aiokafka_coroutine)python_number(self, 0);
	struct account_producer *producer = count > 0 && !guest_is_borrowed() && record_ready()
						    ? aiokafka_account(args[0])
						    : NULL;

	if (producer && which == AIOKAFKA_SEND)
		count_offered(1);
	struct wait wait =
		producer ? wait_of(producer, which) : (struct wait){.producer = NULL};
	object *kept = wait.producer ? py.PyByteArray_FromStringAndSize((const char *)&wait,
									sizeof wait)
				     : nothing();

	(void)names;
	if (kept)
		return kept;
	py.PyErr_Clear();
	return nothing();
}

static void wait_ended(struct wait *wait, enum aiokafka_coroutine which, int32_t error)
{
	switch (which) {
	case AIOKAFKA_FLUSH:
		wait_flush_end(wait, error ? RD_KAFKA_RESP_ERR__TIMED_OUT : 0, WAIT_OF_BEFORE);
		break;
	case AIOKAFKA_STOP:
		if (!error)
			wait_close_end(wait, WAIT_CLOSE_DONE, true, true);
		else
			wait_pends_no_more(wait);
		break;
	case AIOKAFKA_COMMIT:
		wait_transaction_end(wait, WAIT_COMMIT, error);
		break;
	case AIOKAFKA_ABORT:
		wait_transaction_end(wait, WAIT_ABORT, error);
		break;
	default:
		break;
	}
}

/* ended(producer, wait, error or None, args, kwargs) */
static object *call_ended(object *self, object *const *args, ssize_t count, object *names)
{
	enum aiokafka_coroutine which = (enum aiokafka_coroutine)python_number(self, 0);
	struct account_producer *producer =
		count == 5 && method_is_recording() ? python_account_known(args[0]) : NULL;

	(void)names;
	if (!producer)
		return nothing();
	bool failed = python_is_given(args[2]);

	if (which == AIOKAFKA_SEND)
		send_ended(producer,
			   failed ? aiokafka_site(__builtin_return_address(0),
						  __builtin_dwarf_cfa())
				  : 0,
			   failed ? args[2] : NULL, args[3], args[4]);
	else if (which == AIOKAFKA_BEGIN && !failed)
		wait_transaction_begun(producer);
	else if (which == AIOKAFKA_BEGIN)
		wait_transaction_called(producer, TRANSACTION_BEGIN,
					python_error_code(args[2]));
	else if (python_is_given(args[1]))
		wait_ended((struct wait *)(void *)py.PyByteArray_AsString(args[1]), which,
			   failed ? python_error_code(args[2]) : 0);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return nothing();
}

/* ---- wrapping ---- */

static struct method_definition began_definition = {"began", call_began, METHOD_FLAGS, NULL};
static struct method_definition ended_definition = {"ended", call_ended, METHOD_FLAGS, NULL};

/* The function `wrap` of the text above; a new reference. */
static object *wrap_make(void)
{
	object *globals = py.PyDict_New(), *wrap = NULL;
	object *code =
		py.Py_CompileString(wrapper_text, PYTHON_OWN_FILE, 257 /* Py_file_input */);
	object *builtins = py.PyEval_GetBuiltins();
	object *done = NULL;

	if (globals && code && builtins &&
	    py.PyDict_SetItemString(globals, "__builtins__", builtins) == 0)
		done = py.PyEval_EvalCode(code, globals, globals);
	if (done && (wrap = py.PyDict_GetItemString(globals, "wrap")))
		py.Py_IncRef(wrap);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(done);
	python_drop(code);
	python_drop(globals);
	return wrap;
}

static bool coroutine_wrap(object *class, object *wrap, enum aiokafka_coroutine which)
{
	object *number = py.PyLong_FromLong(which);
	object *began = number ? py.PyCFunction_NewEx(&began_definition, number, NULL) : NULL;
	object *ended = number ? py.PyCFunction_NewEx(&ended_definition, number, NULL) : NULL;
	object *args[] = {originals[which], began, ended};
	object *wrapper = began && ended ? python_call(wrap, args, 3, NULL) : NULL;
	bool set = wrapper && py.PyObject_SetAttrString(class, names_of[which], wrapper) == 0;

	if (set && !aiokafka_own_codes[0])
		aiokafka_own_codes[0] = python_get(wrapper, "__code__");
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(wrapper);
	python_drop(ended);
	python_drop(began);
	python_drop(number);
	return set;
}

static bool codes_find(void)
{
	object *accumulator = python_client_class("MessageAccumulator");
	object *functions[AIOKAFKA_OWN_CODES] = {NULL,
						 originals[AIOKAFKA_SEND],
						 originals[AIOKAFKA_SEND_AND_WAIT],
						 originals[AIOKAFKA_SEND_BATCH],
						 python_get(accumulator, "add_message"),
						 python_get(accumulator, "add_batch")};
	bool whole = true;

	for (size_t i = 1; i < AIOKAFKA_OWN_CODES; i++) {
		aiokafka_own_codes[i] = python_get(functions[i], "__code__");
		whole = whole && aiokafka_own_codes[i];
	}
	python_drop(functions[4]);
	python_drop(functions[5]);
	python_drop(accumulator);
	return whole;
}

void aiokafka_coroutines_unwrap(void)
{
	object *class = python_client_class("AIOKafkaProducer");

	for (size_t i = 0; class && i < AIOKAFKA_COROUTINE_COUNT; i++)
		if (originals[i] &&
		    py.PyObject_SetAttrString(class, names_of[i], originals[i]) < 0)
			py.PyErr_Clear();
	python_drop(class);
}

bool aiokafka_coroutines_wrap(void)
{
	object *class = python_client_class("AIOKafkaProducer");
	bool whole = class != NULL;

	for (size_t i = 0; i < AIOKAFKA_COROUTINE_COUNT && whole; i++) {
		originals[i] = python_get(class, names_of[i]);
		whole = originals[i] != NULL;
	}
	object *wrap = whole && codes_find() ? wrap_make() : NULL;

	whole = wrap != NULL;
	for (size_t i = 0; i < AIOKAFKA_COROUTINE_COUNT && whole; i++)
		whole = coroutine_wrap(class, wrap, (enum aiokafka_coroutine)i);
	if (!whole && wrap)
		aiokafka_coroutines_unwrap();
	python_drop(wrap);
	python_drop(class);
	return whole;
}
