/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_batch.c - aiokafka: messages enter batches, batches come to an end.
 *
 * All code here runs in the thread of an event loop, with the interpreter's
 * lock, and without an await, at which the loop could run another task: a
 * message is counted before the client's own task can send its batch.
 */
#include "account/counts.h"
#include "account/told.h"
#include "python/account.h"
#include "python/aiokafka_account.h"
#include "python/batch.h"
#include "python/error.h"
#include "python/frames.h"
#include "python/methods.h"
#include "python/partition.h"

/* ---- batches are made ---- */

static struct python_batch *batch_account(object *batch, struct account_producer *producer)
{
	object *place = python_get(batch, "_tp");
	object *topic = place ? py.PySequence_GetItem(place, 0) : NULL;
	object *number = topic ? py.PySequence_GetItem(place, 1) : NULL;
	const char *name = python_text(topic);
	struct python_batch account = {
		.producer = producer_index(producer),
		.entry = count_row(producer, name, -1),
		.row = count_row(producer, name, (int32_t)python_number(number, -1)),
	};

	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(number);
	python_drop(topic);
	python_drop(place);
	return python_batch_open(batch, account);
}

static void message_count(struct python_batch *account, uint32_t site, uint64_t bytes)
{
	if (account->messages == 0)
		account->site = site;
	else if (account->site != site)
		account->site = 0;
	account->messages++;
	account->bytes += bytes;
	count_sent(producer_at(account->producer), account->entry, site, 1, bytes);
	python_partition_appended(account->row, 0, NULL, 0);
}

/* The application has filled this batch itself, and passes it to the client now. */
static void batch_take(struct python_batch *account, object *builder, uint32_t site)
{
	struct python_batch *filled = python_batch_find(builder);
	uint64_t bytes = filled ? filled->bytes : 0;

	if (filled) /* not by send() */
		count_offered(filled->messages);
	for (uint32_t i = filled ? filled->messages : 0; i > 0; i--) {
		message_count(account, site, bytes / i);
		bytes -= bytes / i;
	}
}

object *method_call_AIOKAFKA_OPEN(object *self, object *const *args, ssize_t count,
				  object *names)
{
	object *batch = method_original(METHOD_AIOKAFKA_OPEN, self, args, count, names);
	struct account_producer *producer =
		batch && method_is_recording() ? aiokafka_account_by_accumulator(self) : NULL;
	struct python_batch *account = producer ? batch_account(batch, producer) : NULL;
	object *builder = account ? method_argument(args, count, names, 0, "builder") : NULL;

	if (python_is_given(builder))
		batch_take(account, builder,
			   aiokafka_site(__builtin_return_address(0), __builtin_dwarf_cfa()));
	return batch;
}

/* ---- messages enter ---- */

/* Set while the client itself fills a batch. */
static __thread bool appending __attribute__((tls_model("initial-exec")));

object *method_call_AIOKAFKA_BUILD(object *self, object *const *args, ssize_t count,
				   object *names)
{
	object *taken = method_original(METHOD_AIOKAFKA_BUILD, self, args, count, names);

	if (appending || !python_is_given(taken) || !method_is_recording())
		return taken;
	struct python_batch *account = python_batch_find(self);

	if (!account)
		account = python_batch_open(self, (struct python_batch){.messages = 0});
	if (account) {
		account->messages++;
		account->bytes += python_size(method_argument(args, count, names, 2, "value")) +
				  python_size(method_argument(args, count, names, 1, "key"));
	}
	return taken;
}

/* A large message is timed from here on: before, the coroutine only waits for room. */
static void message_append(struct python_batch *account, object *batch, uint32_t site,
			   uint64_t bytes)
{
	if (UNLIKELY(bytes >= TRACE_LARGE_BYTES || account->large)) {
		object *builder = python_get(batch, "_builder");

		method_thread.began_ns = 0;
		python_large_appended(account, builder, site, bytes);
		python_drop(builder); /* the batch holds it */
	}
	message_count(account, site, bytes);
}

object *method_call_AIOKAFKA_APPEND(object *self, object *const *args, ssize_t count,
				    object *names)
{
	bool outer = appending;

	appending = true;
	object *future = method_original(METHOD_AIOKAFKA_APPEND, self, args, count, names);

	appending = outer;
	if (!python_is_given(future) || !method_is_recording())
		return future;
	struct python_batch *account = python_batch_find(self);

	if (account)
		message_append(
			account, self,
			aiokafka_site(__builtin_return_address(0), __builtin_dwarf_cfa()),
			python_size(method_argument(args, count, names, 0, "key")) +
				python_size(method_argument(args, count, names, 1, "value")));
	else
		count_unseen(1);
	return future;
}

/* ---- who has a future ---- */

static bool is_kept(const object *future, ssize_t ours)
{
	return python_references(future) > ours;
}

struct futures {
	uint32_t kept; /* the application has a reference, and may still ask it */
	bool waited_for;
};

static struct futures futures_look(object *batch)
{
	object *messages = python_get(batch, "_msg_futures");
	ssize_t count = messages ? py.PyObject_Size(messages) : 0;
	struct futures found = {0, false};

	while (count-- > 0) {
		object *pair = py.PyList_GetItem(messages, count); /* future, metadata */
		object *future = pair ? py.PyTuple_GetItem(pair, 0) : NULL;

		if (!future || !is_kept(future, 1))
			continue;
		found.kept++;
		found.waited_for = found.waited_for || python_frames_await(future);
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(messages);
	/* A batch that the application has filled has one future. */
	object *whole = found.kept ? NULL : python_get(batch, "future");

	if (whole && is_kept(whole, 2) && python_batch_find(batch)) {
		object *own = python_get(batch, "_msg_futures");

		if (own && py.PyObject_Size(own) == 0) {
			found.kept = python_batch_find(batch)->messages;
			found.waited_for = python_frames_await(whole);
		}
		python_drop(own);
	}
	python_drop(whole);
	return found;
}

/* ---- batches end ---- */

static enum trace_count outcome(const struct account_producer *producer, object *error)
{
	if (!error)
		return producer_row(producer)->acks == 0 ? COUNT_UNCONFIRMED : COUNT_DELIVERED;
	return producer->aborting ? COUNT_PURGED : COUNT_FAILED;
}

static void batch_settle(object *batch, object *error)
{
	struct python_batch *account = method_is_recording() ? python_batch_find(batch) : NULL;

	if (!account || !account->messages)
		return;
	struct account_producer *producer = producer_at(account->producer);
	struct futures futures = futures_look(batch);
	enum trace_count kind = outcome(producer, error);

	/* A future without other references cannot report its failure to the application. */
	if (kind == COUNT_FAILED)
		told_failures(producer, futures.kept);
	python_account_settled(account, kind, error ? python_error_code(error) : 0);
	account->messages = 0;
	account->bytes = 0;
	account->requested = false;
	if (futures.waited_for)
		python_partition_batch_got(account->row);
	else if (futures.kept)
		producer_flags_set(producer, PRODUCER_WAITS_UNSEEN);
}

object *method_call_AIOKAFKA_DONE(object *self, object *const *args, ssize_t count,
				  object *names)
{
	batch_settle(self, NULL);
	return method_original(METHOD_AIOKAFKA_DONE, self, args, count, names);
}

object *method_call_AIOKAFKA_NOACK(object *self, object *const *args, ssize_t count,
				   object *names)
{
	batch_settle(self, NULL);
	return method_original(METHOD_AIOKAFKA_NOACK, self, args, count, names);
}

object *method_call_AIOKAFKA_FAIL(object *self, object *const *args, ssize_t count,
				  object *names)
{
	object *error = method_argument(args, count, names, 0, "exception");

	if (python_is_given(error))
		batch_settle(self, error);
	return method_original(METHOD_AIOKAFKA_FAIL, self, args, count, names);
}
