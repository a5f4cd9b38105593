/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requests.c - batches are put into Produce requests, and those are written.
 *
 * Sets the producer of each connection, and counts messages that have entered requests, which
 * over TLS nothing else shows. kafka-python calls a message of acks=0 done before a byte of it
 * is written, so for these it also counts messages that the client has written whole.
 */
#include <string.h>

#include "account/counts.h"
#include "python/account.h"
#include "python/batch.h"
#include "python/methods.h"
#include "trace/batches.h"
#include "trace/large.h"
#include "trace/owners.h"

/* The batch is about to be put into a request, perhaps again. */
static void batch_requested(struct python_batch *batch)
{
	if (batch->requested || !batch->messages)
		return;
	batch->requested = true;
	batches_queued(batch->producer, guest_now_ns() - batch->opened_ns);
	count_requested(producer_at(batch->producer), batch->messages);
}

/* `socket`: a Python socket, or another object with a fileno(). Returns the number by which
 * large.h identifies the request that it gets now. */
static uint64_t connection_note(const struct account_producer *producer, object *socket)
{
	object *ask = python_get(socket, "fileno");
	object *number = ask ? python_call(ask, NULL, 0, NULL) : NULL;
	uint64_t request = 0;

	if (number)
		request = owners_descriptor_is((int)python_number(number, -1),
					       producer_index(producer) + 1);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(number);
	python_drop(ask);
	return request;
}

/* ---- kafka-python: messages that its connections have not written yet ---- */

/*
 * With acks=0. A request waits in the protocol object of its connection, then in a buffer,
 * which is filled again only after it was written whole. Connections are identified by their
 * address, without a reference: an entry may be left from an earlier connection at the same
 * address.
 */
#define CONNECTIONS 64

static struct unwritten {
	const object *connection;
	uint32_t generation;
	uint32_t producer;
	uint64_t waiting, buffered; /* messages */
} unwritten[CONNECTIONS];
static uint32_t unwritten_used;

static struct unwritten *unwritten_find(const object *connection)
{
	for (uint32_t i = 0; i < unwritten_used; i++)
		if (unwritten[i].connection == connection &&
		    unwritten[i].generation == guest_generation)
			return &unwritten[i];
	return NULL;
}

static void unwritten_add(const object *connection, uint32_t producer, uint64_t messages)
{
	struct unwritten *found = unwritten_find(connection);

	if (!found && unwritten_used == CONNECTIONS)
		return; /* never counted as written: it is not known */
	if (!found || found->producer != producer) {
		found = found ? found : &unwritten[unwritten_used++];
		*found = (struct unwritten){.connection = connection,
					    .generation = guest_generation,
					    .producer = producer};
	}
	found->waiting += messages;
}

object *method_call_WRITE(object *self, object *const *args, ssize_t count, object *names)
{
	struct unwritten *found =
		unwritten_used && method_is_recording() ? unwritten_find(self) : NULL;

	if (found && found->waiting && !python_is_true(self, "_send_buffer")) {
		found->buffered += found->waiting;
		found->waiting = 0;
	}
	object *all = method_original(METHOD_WRITE, self, args, count, names);

	if (!found || !found->buffered || !all || py.PyObject_IsTrue(all) <= 0)
		return all;
	count_requested_written(producer_at(found->producer), found->buffered);
	found->buffered = 0;
	return all;
}

/* ---- kafka-python: requests ---- */

/* The connection to a node: an attribute of kafka-python's client, from 3.0 on of its manager.
 */
static object *connection_to(object *sender, object *node)
{
	object *client = python_get(sender, "_client");
	object *manager = python_get(client, "_manager");
	object *known = python_get(manager ? manager : client, "_conns");
	object *connection = known ? py.PyObject_GetItem(known, node) : NULL;

	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(known);
	python_drop(manager);
	python_drop(client);
	return connection;
}

static uint64_t connection_gets(object *connection, const struct account_producer *producer,
				uint64_t messages)
{
	object *transport = python_get(connection, "transport"); /* from 3.0 on */
	object *socket = python_get(transport ? transport : connection, "_sock");
	uint64_t request = python_is_given(socket) ? connection_note(producer, socket) : 0;

	if (!transport && producer_row(producer)->acks == 0)
		unwritten_add(connection, producer_index(producer), messages);
	python_drop(socket);
	python_drop(transport);
	return request;
}

static void batches_large(object *batches, uint64_t request)
{
	ssize_t count = py.PyObject_Size(batches);

	for (ssize_t i = 0; i < count; i++) {
		object *batch = py.PySequence_GetItem(batches, i);
		const struct python_batch *account = batch ? python_batch_find(batch) : NULL;

		if (account && account->large)
			large_requested(account->large, request);
		python_drop(batch);
	}
}

/* _produce_request(node_id, acks, timeout, batches): the node is connected, and gets the
 * request next. */
static void request_note(object *sender, object *node, object *batches)
{
	ssize_t count = py.PyObject_Size(batches);
	const struct account_producer *producer = NULL;
	uint64_t messages = 0, request = 0;
	bool large = false;

	for (ssize_t i = 0; i < count; i++) {
		object *batch = py.PySequence_GetItem(batches, i);
		struct python_batch *account = batch ? python_batch_find(batch) : NULL;

		if (account) {
			batch_requested(account);
			producer = producer_at(account->producer);
			messages += account->messages;
			large = large || account->large;
		}
		python_drop(batch);
	}
	object *connection = producer && node ? connection_to(sender, node) : NULL;

	if (connection)
		request = connection_gets(connection, producer, messages);
	if (large)
		batches_large(batches, request);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(connection);
}

object *method_call_REQUEST(object *self, object *const *args, ssize_t count, object *names)
{
	object *batches = method_argument(args, count, names, 3, "batches");

	if (python_is_given(batches) && method_is_recording())
		request_note(self, method_argument(args, count, names, 0, "node_id"), batches);
	return method_original(METHOD_REQUEST, self, args, count, names);
}

/* ---- aiokafka ---- */

/*
 * When a request is made its producer is known; when a connection is told to write it, its
 * connection is. In between it is identified by its address, without a reference. An entry of a
 * request that was never written stays until another request has the same address.
 */
#define REQUESTS 32
#define LARGE_BATCHES 8 /* of one request; the write times of more are not recorded */

static struct {
	const object *request;
	uint32_t generation;
	uint32_t producer;
	uint32_t large[LARGE_BATCHES]; /* numbers of its batches; 0 ends them */
} requests[REQUESTS];

static uint32_t request_made(const object *request, uint32_t producer)
{
	static uint32_t next;
	uint32_t at = REQUESTS;

	for (uint32_t i = 0; i < REQUESTS && at == REQUESTS; i++)
		if (requests[i].request == request)
			at = i;
	if (at == REQUESTS)
		at = next++ % REQUESTS;
	requests[at].request = request;
	requests[at].generation = guest_generation;
	requests[at].producer = producer;
	memset(requests[at].large, 0, sizeof requests[at].large);
	return at;
}

/* The producer of a request, and its index in REQUESTS; NULL: it is not a producer's. */
static struct account_producer *request_written(const object *request, uint32_t *at)
{
	for (uint32_t i = 0; i < REQUESTS; i++) {
		if (requests[i].request != request)
			continue;
		requests[i].request = NULL;
		*at = i;
		return requests[i].generation == guest_generation
			       ? producer_at(requests[i].producer)
			       : NULL;
	}
	return NULL;
}

static void batches_requested(object *handler, const object *request)
{
	object *known = python_get(handler, "_batches"); /* by partition */
	object *batches = known ? py.PyDict_Values(known) : NULL;
	ssize_t count = batches ? py.PyObject_Size(batches) : 0;
	struct python_batch *account = NULL;
	uint32_t large[LARGE_BATCHES] = {0}, larges = 0;

	for (ssize_t i = 0; i < count; i++) {
		struct python_batch *found = python_batch_find(py.PyList_GetItem(batches, i));

		if (!found)
			continue;
		batch_requested(found);
		account = found;
		if (found->large && larges < LARGE_BATCHES)
			large[larges++] = found->large;
	}
	if (account)
		memcpy(requests[request_made(request, account->producer)].large, large,
		       sizeof large);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(batches);
	python_drop(known);
}

/* After the original: no message enters a batch after that was encoded. */
object *method_call_AIOKAFKA_REQUEST(object *self, object *const *args, ssize_t count,
				     object *names)
{
	object *request = method_original(METHOD_AIOKAFKA_REQUEST, self, args, count, names);

	if (python_is_given(request) && method_is_recording())
		batches_requested(self, request);
	return request;
}

static uint64_t transport_note(object *connection, const struct account_producer *producer)
{
	uint64_t request = 0;
	object *writer = python_get(connection, "_writer");
	object *ask = python_get(writer, "get_extra_info");
	object *name = ask ? py.PyUnicode_InternFromString("socket") : NULL;
	object *socket = name ? python_call(ask, &name, 1, NULL) : NULL;

	if (python_is_given(socket))
		request = connection_note(producer, socket);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(socket);
	python_drop(name);
	python_drop(ask);
	python_drop(writer);
	return request;
}

object *method_call_AIOKAFKA_WRITE(object *self, object *const *args, ssize_t count,
				   object *names)
{
	object *request = method_is_recording()
				  ? method_argument(args, count, names, 0, "request")
				  : NULL;
	uint32_t at = 0;
	const struct account_producer *producer =
		request ? request_written(request, &at) : NULL;
	uint64_t written = producer ? transport_note(self, producer) : 0;

	for (uint32_t i = 0; producer && i < LARGE_BATCHES && requests[at].large[i]; i++)
		large_requested(requests[at].large[i], written);
	return method_original(METHOD_AIOKAFKA_WRITE, self, args, count, names);
}
