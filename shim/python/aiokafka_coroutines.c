/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_coroutines.c - aiokafka's coroutine functions: send, flush, stop
 * and transactions.
 *
 * What stands in for a coroutine function must be one, for inspect, asyncio and
 * mocks ask. So it is Python: the text below, which awaits the original with the
 * same arguments, gives back what it gives back, and calls two functions of ours
 * before and after. They raise nothing.
 */
#include "python/aiokafka_coroutines.h"

#include <librdkafka/rdkafka.h>

#include "account/producers.h"
#include "cpython/line.h"
#include "python/account.h"
#include "python/aiokafka_account.h"
#include "python/clients.h"
#include "python/error.h"
#include "python/methods.h"
#include "python/partition.h"
#include "python/send.h"
#include "trace/record.h"
#include "trace/writer.h"

static const char wrapper_text[] =
	"def wrap(original, began, ended):\n"
	"    async def wrapper(self, /, *args, **kwargs):\n"
	"        token = began(self)\n"
	"        try:\n"
	"            result = await original(self, *args, **kwargs)\n"
	"        except BaseException as error:\n"
	"            ended(self, token, error, args, kwargs)\n"
	"            raise\n"
	"        ended(self, token, None, args, kwargs)\n"
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

/* What a call knew when it began: a bytes-like token that Python carries. */
struct token {
	uint64_t produced;
	int64_t began_ns;
	uint32_t generation;
};

/* References that are never given back. */
static object *originals[AIOKAFKA_COROUTINE_COUNT];

/* ---- before and after ---- */

static void flush_began(struct guest_producer *producer, const struct token *token)
{
	writer_add_shared(&producer_row(producer)->flush_calls, 1);
	writer_event_at(token->began_ns, EVENT_FLUSH_BEGIN, producer_index(producer),
			(int64_t)token->produced, -1);
}

static void flush_ended(struct guest_producer *producer, const struct token *token, bool failed)
{
	struct trace_producer *row = producer_row(producer);
	int64_t took_ns = guest_now_ns() - token->began_ns;

	row->flush_result = failed ? RD_KAFKA_RESP_ERR__TIMED_OUT : 0;
	row->flush_ended_ns = guest_now_coarse_ns();
	writer_add_shared(&row->flush_waited_ns, (uint64_t)took_ns);
	if (failed)
		writer_add_shared(&row->flush_timeouts, 1);
	else
		python_partition_covered(producer, token->produced, WAITED_FLUSH);
	writer_event(EVENT_FLUSH_END, producer_index(producer), row->flush_result, took_ns);
}

static void stop_began(struct guest_producer *producer)
{
	struct trace_producer *row = producer_row(producer);

	if (row->destroy_began_ns && row->state == PRODUCER_DESTROYED)
		return;
	row->destroy_began_ns = guest_now_ns();
	row->state = PRODUCER_DESTROYING;
	writer_event(EVENT_DESTROY_BEGIN, producer_index(producer),
		     (int64_t)(producer_produced(producer) - producer_done(producer)), 0);
}

static void stop_ended(struct guest_producer *producer)
{
	struct trace_producer *row = producer_row(producer);
	uint64_t produced = producer_produced(producer);
	uint64_t outstanding = produced - producer_done(producer);

	row->destroyed_ns = guest_now_ns();
	row->state = PRODUCER_DESTROYED;
	if (!outstanding)
		producer_waited(producer, produced, WAITED_CLOSE);
	writer_event(EVENT_DESTROY_END, producer_index(producer), (int64_t)outstanding, 0);
}

static void transaction_ended(struct guest_producer *producer, enum aiokafka_coroutine which,
			      const struct token *token, bool failed)
{
	struct trace_producer *row = producer_row(producer);

	python_account_aborting[producer_index(producer)] = false;
	writer_event(EVENT_TRANSACTION_END, producer_index(producer), which == AIOKAFKA_COMMIT,
		     failed ? RD_KAFKA_RESP_ERR__FAIL : 0);
	if (failed) {
		writer_add_shared(&row->transaction_failures, 1);
		return;
	}
	__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_add_shared(which == AIOKAFKA_COMMIT ? &row->transactions_committed
						   : &row->transactions_aborted,
			  1);
	producer_waited(producer, token->produced, WAITED_COMMIT);
}

/* send() raised: its message is in no batch. */
static void send_ended(struct guest_producer *producer, object *error, object *given,
		       object *named)
{
	static const char *const parts[] = {"topic", "value", "key"};
	object *args[3];

	if (!error && !producer->refused_count)
		return;
	for (ssize_t i = 0; i < 3; i++) {
		args[i] = i < py.PyTuple_Size(given) ? py.PyTuple_GetItem(given, i)
						     : py.PyDict_GetItemString(named, parts[i]);
		if (!args[i])
			args[i] = py.none;
	}
	uint64_t fingerprint = python_send_fingerprint(args, 3, NULL);

	if (error)
		python_account_rejected(producer, python_text(args[0]),
					python_size(args[1]) + python_size(args[2]),
					python_error_code(error), fingerprint);
	else
		python_account_retried(producer, fingerprint);
}

static object *nothing(void)
{
	py.Py_IncRef(py.none);
	return py.none;
}

/* began(producer): the token. `self` is the number of the coroutine function. */
static object *call_began(object *self, object *const *args, ssize_t count, object *names)
{
	enum aiokafka_coroutine which = (enum aiokafka_coroutine)python_number(self, 0);
	struct guest_producer *producer = count > 0 && !guest_is_borrowed() && record_ready()
						  ? aiokafka_account(args[0])
						  : NULL;

	(void)names;
	if (!producer || which == AIOKAFKA_SEND || which == AIOKAFKA_SEND_AND_WAIT ||
	    which == AIOKAFKA_SEND_BATCH)
		return nothing();
	struct token token = {producer_produced(producer), guest_now_ns(), guest_generation};

	if (which == AIOKAFKA_FLUSH)
		flush_began(producer, &token);
	else if (which == AIOKAFKA_STOP)
		stop_began(producer);
	else if (which != AIOKAFKA_BEGIN)
		python_account_aborting[producer_index(producer)] = which == AIOKAFKA_ABORT;
	object *kept = py.PyByteArray_FromStringAndSize((const char *)&token, sizeof token);

	if (kept)
		return kept;
	py.PyErr_Clear();
	return nothing();
}

static void token_ended(struct guest_producer *producer, enum aiokafka_coroutine which,
			const struct token *token, bool failed)
{
	if (token->generation != guest_generation)
		return;
	if (which == AIOKAFKA_FLUSH) {
		flush_ended(producer, token, failed);
	} else if (which == AIOKAFKA_STOP && !failed) {
		stop_ended(producer);
	} else if (which == AIOKAFKA_COMMIT || which == AIOKAFKA_ABORT) {
		transaction_ended(producer, which, token, failed);
	} else if (which == AIOKAFKA_BEGIN && !failed) {
		struct trace_producer *row = producer_row(producer);

		writer_add_shared(&row->transactions_begun, 1);
		__atomic_fetch_or(&row->flags, PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
		writer_event(EVENT_TRANSACTION_BEGIN, producer_index(producer), 0, 0);
	}
}

/* ended(producer, token, error or None, args, kwargs) */
static object *call_ended(object *self, object *const *args, ssize_t count, object *names)
{
	enum aiokafka_coroutine which = (enum aiokafka_coroutine)python_number(self, 0);
	struct guest_producer *producer =
		count == 5 && method_is_recording() ? python_account_known(args[0]) : NULL;

	(void)names;
	if (!producer)
		return nothing();
	bool failed = python_is_given(args[2]);

	if (which == AIOKAFKA_SEND)
		send_ended(producer, failed ? args[2] : NULL, args[3], args[4]);
	else if (python_is_given(args[1]))
		token_ended(producer, which,
			    (const struct token *)(const void *)py.PyByteArray_AsString(args[1]),
			    failed);
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
	object *code = py.Py_CompileString(wrapper_text, PYTHON_OWN_FILE, 257 /* Py_file_input */);
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
