/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c - messages enter batches, and batches come to an end.
 *
 * A message is counted in try_append, under the lock of its partition, which
 * the sending thread needs to take the batch: so before it can be sent. Its
 * end is counted before the batch's futures and callbacks are called.
 */
#include "python/batch.h"

#include "account/counts.h"
#include "cpython/line.h"
#include "python/error.h"
#include "python/methods.h"
#include "python/partition.h"

/* Interned strings, for fast look-ups for each message. */
static object *batch_attribute; /* ours, on a batch */
static object *place_attribute;

bool python_batch_prepare(void)
{
	batch_attribute = py.PyUnicode_InternFromString("_unflushed");
	place_attribute = py.PyUnicode_InternFromString("topic_partition");
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return batch_attribute && place_attribute;
}

struct python_batch *python_batch_find(object *batch)
{
	object *kept = py.PyObject_GetAttr(batch, batch_attribute);

	if (!kept) {
		py.PyErr_Clear();
		return NULL;
	}
	struct python_batch *account =
		(struct python_batch *)(void *)py.PyByteArray_AsString(kept);

	py.Py_DecRef(kept); /* the batch holds it */
	return account->generation == guest_generation ? account : NULL;
}

struct python_batch *python_batch_open(object *batch, struct python_batch account)
{
	account.generation = guest_generation;
	if (!account.opened_ns) /* else it is a part of an older one */
		account.opened_ns = guest_now_ns();
	object *kept = py.PyByteArray_FromStringAndSize((const char *)&account, sizeof account);

	if (!kept || py.PyObject_SetAttr(batch, batch_attribute, kept) < 0)
		py.PyErr_Clear();
	python_drop(kept);
	return python_batch_find(batch);
}

/* The topic's name stays valid as long as the batch does. */
static const char *batch_topic(object *batch, long *number)
{
	object *place = py.PyObject_GetAttr(batch, place_attribute);
	object *topic = place ? py.PySequence_GetItem(place, 0) : NULL;
	object *partition = topic ? py.PySequence_GetItem(place, 1) : NULL;
	const char *name = python_text(topic);

	*number = python_number(partition, -1);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(partition);
	python_drop(topic);
	python_drop(place);
	return name;
}

/*
 * The producer of a message when this thread is inside no wrapped send: the
 * first send may have begun before the methods were wrapped. Its frame is on
 * the stack, with the producer as its `self`.
 */
static struct account_producer *producer_on_stack(void)
{
	object *frame = py.PyEval_GetFrame();
	struct account_producer *found = NULL;

	if (frame)
		py.Py_IncRef(frame);
	for (int depth = 0; frame && !found && depth < 8; depth++) {
		object *locals = python_get(frame, "f_locals");
		object *key = py.PyUnicode_InternFromString("self");
		object *self = locals && key ? py.PyObject_GetItem(locals, key) : NULL;
		object *back = python_frame_back(frame);

		if (py.PyErr_Occurred())
			py.PyErr_Clear();
		/* No other class of the client has both. */
		object *sender = python_get(self, "_sender");

		if (sender)
			found = python_account(self);
		python_drop(sender);
		python_drop(self);
		python_drop(key);
		python_drop(locals);
		py.Py_DecRef(frame);
		frame = back;
	}
	python_drop(frame);
	return found;
}

static void append_note(object *batch, object *future, object *key, object *value)
{
	struct account_producer *producer =
		method_thread.sending ? method_thread.producer : producer_on_stack();

	if (!producer) {
		count_unseen(1);
		return;
	}
	uint64_t bytes = python_size(key) + python_size(value);
	uint32_t site = method_thread.sending ? method_thread.site : 0;
	struct python_batch *account = python_batch_find(batch);

	if (!account) {
		long number;
		const char *topic = batch_topic(batch, &number);

		account = python_batch_open(
			batch, (struct python_batch){
				       .producer = producer_index(producer),
				       .entry = count_row(producer, topic, -1),
				       .row = count_row(producer, topic, (int32_t)number),
				       .site = site});
	}
	if (!account) {
		count_unseen(1);
		return;
	}
	/* Its send() began before the methods were wrapped, or it is not known which one it is.
	 */
	if (!method_thread.sending && !method_state->forgotten)
		count_offered(1);
	if (UNLIKELY(bytes >= TRACE_LARGE_BYTES || account->large)) {
		object *records = python_get(batch, "records");

		python_large_appended(account, records, site, bytes);
		python_drop(records); /* the batch holds it */
	}
	account->messages++;
	account->bytes += bytes;
	if (account->site != site)
		account->site = 0;
	count_sent(producer, account->entry, site, 1, bytes);
	python_partition_appended(account->row, site, future,
				  python_references(future) - 1); /* but ours */
	method_thread.appended = true;
}

object *method_call_APPEND(object *self, object *const *args, ssize_t count, object *names)
{
	object *future = method_original(METHOD_APPEND, self, args, count, names);

	if (python_is_given(future) && method_is_recording()) {
		method_here();
		append_note(self, future, method_argument(args, count, names, 1, "key"),
			    method_argument(args, count, names, 2, "value"));
	}
	return future;
}

/* The end that a batch's result means. Messages that are given up because the
 * producer is closed are dropped, and so still outstanding. */
static enum trace_count outcome(const struct account_producer *producer, object *error)
{
	const struct trace_producer *row = producer_row(producer);

	if (!error)
		return row->acks == 0 ? COUNT_UNCONFIRMED : COUNT_DELIVERED;
	if (producer->destroying && python_error_class_is(error, "IllegalStateError"))
		return COUNT_DROPPED;
	return producer->aborting ? COUNT_PURGED : COUNT_FAILED;
}

/* The producer whose batch ends; NULL: the batch has ended before. */
static struct account_producer *batch_settle(object *batch, object *error)
{
	struct python_batch *account = method_is_recording() ? python_batch_find(batch) : NULL;
	object *future = account ? python_get(batch, "produce_future") : NULL;
	struct account_producer *producer = NULL;

	if (future && !python_is_true(future, "is_done")) {
		producer = producer_at(account->producer);
		python_account_settled(account, outcome(producer, error),
				       error ? python_error_code(error) : 0);
	}
	python_drop(future);
	return producer;
}

static object *settle_call(enum python_method method, object *error, object *self,
			   object *const *args, ssize_t count, object *names)
{
	method_here();
	struct method_thread outer = method_thread;

	method_thread.settling = batch_settle(self, error);
	method_thread.sending = false; /* callbacks may send: another send() */
	object *result = method_original(method, self, args, count, names);

	method_here();
	method_thread = outer;
	return result;
}

object *method_call_DONE(object *self, object *const *args, ssize_t count, object *names)
{
	object *error = method_argument(args, count, names, 2, "exception");

	if (!error)
		error = method_argument(args, count, names, 2, "top_level_exception");
	return settle_call(METHOD_DONE, python_is_given(error) ? error : NULL, self, args,
			   count, names);
}

object *method_call_GIVE_UP(object *self, object *const *args, ssize_t count, object *names)
{
	object *error = method_argument(args, count, names, 0, "exception");

	if (!python_is_given(error)) /* the original will refuse this call */
		return method_original(METHOD_GIVE_UP, self, args, count, names);
	return settle_call(METHOD_GIVE_UP, error, self, args, count, names);
}

/*
 * 3.x splits a batch that is too large for the broker; the halves are made
 * without try_append. When the original returns they are the first ones in
 * their partition's queue, and have the sizes of their records.
 */
static void half_open(object *half, const struct python_batch *whole)
{
	struct python_batch account = *whole;
	object *futures = python_get(half, "_record_futures");
	ssize_t count = futures ? py.PyObject_Size(futures) : 0;

	account.messages = 0;
	account.bytes = 0;
	for (ssize_t i = 0; i < count; i++) {
		object *future = py.PySequence_GetItem(futures, i);
		object *sizes = python_get(future, "args");

		for (ssize_t size = 3; sizes && size <= 4; size++) {
			long bytes = python_number(py.PyTuple_GetItem(sizes, size), -1);

			account.bytes += bytes > 0 ? (uint64_t)bytes : 0;
		}
		account.messages++;
		python_drop(sizes);
		python_drop(future);
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(futures);
	python_batch_open(half, account);
}

object *method_call_SPLIT(object *self, object *const *args, ssize_t count, object *names)
{
	object *batch = method_argument(args, count, names, 0, "batch");
	struct python_batch *whole = python_is_given(batch) && method_is_recording()
					     ? python_batch_find(batch)
					     : NULL;
	object *place = whole ? py.PyObject_GetAttr(batch, place_attribute) : NULL;
	object *made = method_original(METHOD_SPLIT, self, args, count, names);
	object *batches = place && made ? python_get(self, "_batches") : NULL;
	object *queue = batches ? py.PyObject_GetItem(batches, place) : NULL;
	long halves = made ? python_number(made, 0) : 0;

	for (long i = 0; queue && i < halves; i++) {
		object *half = py.PySequence_GetItem(queue, i);

		if (half)
			half_open(half, whole);
		python_drop(half);
	}
	if (made && py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(queue);
	python_drop(batches);
	python_drop(place);
	return made;
}
