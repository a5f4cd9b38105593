/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.c - flush, close, get and transactions: which messages the application
 * waits for, and which failures it is told of.
 */
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "account/told.h"
#include "account/waits.h"
#include "cpython/line.h"
#include "python/account.h"
#include "python/error.h"
#include "python/methods.h"
#include "python/partition.h"

/* librdkafka's error code for the exception that the call has raised; 0: none. */
static int32_t error_of(object *result)
{
	if (result)
		return 0;
	struct python_error aside = python_error_aside();
	int32_t code = python_error_aside_code(aside);

	python_error_aside_end(aside);
	return code;
}

/* ---- futures ---- */

static void told(struct account_producer *producer)
{
	if (producer)
		told_failures(producer, 1);
}

/* A future fails inside its batch's done(): its errbacks (add_errback) are
 * called now. */
object *method_call_FAIL(object *self, object *const *args, ssize_t count, object *names)
{
	method_here();
	if (method_is_recording() && method_thread.settling &&
	    python_is_true(self, "_errbacks"))
		told(method_thread.settling);
	return method_original(METHOD_FAIL, self, args, count, names);
}

/* The producer of a future's message; NULL: not known. */
static struct account_producer *asked_of(object *future)
{
	struct account_producer *producer = NULL;
	object *result = python_get(future, "_produce_future");
	object *place = python_get(result, "topic_partition");
	object *topic = place ? py.PySequence_GetItem(place, 0) : NULL;
	object *number = place ? py.PySequence_GetItem(place, 1) : NULL;

	if (topic && number)
		producer = python_partition_owner(python_text(topic),
						  (int32_t)python_number(number, -1));
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(number);
	python_drop(topic);
	python_drop(place);
	python_drop(result);
	return producer;
}

/* Asking after the failure counts as told, too: by get(), or by an errback, which is
 * called at once. A future that failed without a batch belongs to a message that
 * was rejected. */
static void told_late(object *future)
{
	object *result = python_get(future, "_produce_future");

	if (python_is_true(result, "is_done") && !python_is_true(future, "_errbacks"))
		told(asked_of(future));
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(result);
}

object *method_call_GET(object *self, object *const *args, ssize_t count, object *names)
{
	method_here();
	bool outer = method_thread.asking;
	struct wait wait = {.producer = NULL};

	method_thread.asking = true;
	if (method_is_recording())
		wait_pends(&wait);
	object *result = method_original(METHOD_GET, self, args, count, names);

	method_here();
	method_thread.asking = outer;
	wait_pends_no_more(&wait);
	if (!method_is_recording())
		return result;
	if (result) {
		python_partition_got(self);
		return result;
	}
	struct python_error aside = python_error_aside();

	if (python_is_true(self, "is_done")) {
		python_partition_got(self);
		told_late(self);
	} else { /* the wait timed out */
		wait_in_vain(asked_of(self));
	}
	python_error_aside_end(aside);
	return NULL;
}

object *method_call_ERRBACK(object *self, object *const *args, ssize_t count, object *names)
{
	object *error = method_is_recording() ? python_get(self, "exception") : NULL;

	if (python_is_given(error))
		told_late(self);
	python_drop(error);
	return method_original(METHOD_ERRBACK, self, args, count, names);
}

/* A callback runs on the client's thread; the guest does not see whether the application
 * waits for that. On a future that is done it is called at once. */
object *method_call_CALLBACK(object *self, object *const *args, ssize_t count, object *names)
{
	if (method_is_recording()) {
		if (python_is_true(self, "is_done"))
			python_partition_got(self);
		else
			python_partition_watched(self);
	}
	return method_original(METHOD_CALLBACK, self, args, count, names);
}

object *method_call_SUCCEEDED(object *self, object *const *args, ssize_t count, object *names)
{
	object *result = method_original(METHOD_SUCCEEDED, self, args, count, names);

	method_here();
	if (result && method_is_recording() && !method_thread.asking &&
	    python_is_true(self, "is_done"))
		python_partition_got(self);
	return result;
}

object *method_call_FAILED(object *self, object *const *args, ssize_t count, object *names)
{
	object *result = method_original(METHOD_FAILED, self, args, count, names);
	object *error;

	method_here();
	if (!result || !method_is_recording() || method_thread.asking ||
	    !python_is_true(self, "is_done"))
		return result;
	python_partition_got(self);
	error = python_get(self, "exception");
	if (python_is_given(error))
		told_late(self);
	python_drop(error);
	return result;
}

/* ---- flush ---- */

object *method_call_FLUSH(object *self, object *const *args, ssize_t count, object *names)
{
	method_here();
	/* close() of 3.x calls flush(): this wait is counted by close. */
	struct account_producer *producer =
		method_is_recording() && !method_thread.closing ? python_account(self) : NULL;

	if (!producer)
		return method_original(METHOD_FLUSH, self, args, count, names);
	struct wait wait = wait_flush_begin(producer, -1, NULL);
	object *result = method_original(METHOD_FLUSH, self, args, count, names);

	int32_t error = error_of(result);

	if (!method_is_recording())
		return result;
	/* If flush() times out it raises KafkaTimeoutError; another exception comes from a
	 * signal handler, or is a KeyboardInterrupt. */
	if (error && error != RD_KAFKA_RESP_ERR__TIMED_OUT)
		wait_flush_left(&wait, FLUSH_LEFT_EXCEPTION, TRACE_UNKNOWN);
	else
		wait_flush_end(&wait, error, WAIT_OF_BEFORE);
	return result;
}

/* ---- close ---- */

/* At exit, Python's atexit calls close() through a function of the client, with a
 * timeout of 0 or 1 second: that is not the application's wait. */
static bool called_at_exit(void)
{
	object *frame = py.PyEval_GetFrame(); /* borrowed */
	object *code = frame ? python_frame_code(frame) : NULL;
	object *name = python_get(code, "co_name");
	object *file = python_get(code, "co_filename");
	const char *path = python_text(file);
	const char *slash = strrchr(path, '/');
	bool ours = python_text_is(name, "wrapper") && slash && strcmp(slash, "/kafka.py") == 0;

	python_drop(file);
	python_drop(name);
	python_drop(code);
	return ours;
}

/* From 2.1 on the garbage collector calls close() with null_logger and a timeout of a
 * second: that is not the application's wait, either. */
static bool called_by_collector(object *const *args, ssize_t count, object *names)
{
	object *says = method_argument(args, count, names, 1, "null_logger");

	return says && py.PyObject_IsTrue(says) != 0;
}

/* close(timeout=0) drops messages that are outstanding. */
static bool close_waits(object *const *args, ssize_t count, object *names)
{
	object *timeout = method_argument(args, count, names, 0, "timeout");
	bool waits = true;

	if (python_is_given(timeout))
		waits = py.PyFloat_AsDouble(timeout) > 0;
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return waits;
}

/*
 * close() of 2.1 to 2.3 may raise after all is done: it tells the sender to end,
 * and then wakes it through a socket, which a sender that has ended by then has
 * closed (tests: ending close_raises). If it raised before that, it has not waited.
 */
static bool close_got_through(object *self, object *result)
{
	if (result)
		return true;
	struct python_error aside = python_error_aside();
	object *sender = python_get(self, "_sender");
	object *running = python_get(sender, "_running");
	bool told_to_end = running && py.PyObject_IsTrue(running) == 0;

	python_drop(running);
	python_drop(sender);
	python_error_aside_end(aside);
	return told_to_end;
}

static object *close_call(struct account_producer *producer, object *self, object *const *args,
			  ssize_t count, object *names)
{
	bool asked = !called_at_exit() && !called_by_collector(args, count, names);
	bool waits = asked && close_waits(args, count, names);

	method_here();
	bool outer = method_thread.closing;
	struct wait wait = wait_close_begin(producer, 0, asked);

	if (waits)
		wait_pends(&wait);
	method_thread.closing = true;
	object *result = method_original(METHOD_CLOSE, self, args, count, names);

	method_here();
	method_thread.closing = outer;
	if (method_is_recording())
		wait_close_end(&wait, result ? WAIT_CLOSE_DONE : WAIT_CLOSE_FAILED, asked,
			       waits && close_got_through(self, result));
	else
		wait_pends_no_more(&wait);
	return result;
}

object *method_call_CLOSE(object *self, object *const *args, ssize_t count, object *names)
{
	/* A call on a producer that is closed, or whose constructor failed, is not counted. */
	object *closed = method_is_recording() ? python_get(self, "_closed") : NULL;
	bool open = closed && py.PyObject_IsTrue(closed) == 0;
	struct account_producer *producer = open ? python_account(self) : NULL;

	python_drop(closed);
	return producer ? close_call(producer, self, args, count, names)
			: method_original(METHOD_CLOSE, self, args, count, names);
}

/* ---- transactions ---- */

object *method_call_BEGIN(object *self, object *const *args, ssize_t count, object *names)
{
	struct account_producer *producer = method_is_recording() ? python_account(self) : NULL;
	object *result = method_original(METHOD_BEGIN, self, args, count, names);

	if (!producer || !method_is_recording())
		return result;
	if (result)
		wait_transaction_begun(producer);
	else
		wait_transaction_called(producer, TRANSACTION_BEGIN, error_of(result));
	return result;
}

static object *transaction_end(enum python_method method, object *self, object *const *args,
			       ssize_t count, object *names)
{
	enum wait_transaction which = method == METHOD_COMMIT ? WAIT_COMMIT : WAIT_ABORT;
	struct account_producer *producer = method_is_recording() ? python_account(self) : NULL;
	struct wait wait = wait_transaction_end_begin(producer, which);
	object *result = method_original(method, self, args, count, names);

	if (method_is_recording())
		wait_transaction_end(&wait, which, error_of(result));
	return result;
}

object *method_call_COMMIT(object *self, object *const *args, ssize_t count, object *names)
{
	return transaction_end(METHOD_COMMIT, self, args, count, names);
}

object *method_call_ABORT(object *self, object *const *args, ssize_t count, object *names)
{
	return transaction_end(METHOD_ABORT, self, args, count, names);
}
