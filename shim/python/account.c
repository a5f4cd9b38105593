/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.c - what is counted for which KafkaProducer.
 *
 * All of it runs under the interpreter's lock. A KafkaProducer is known by
 * its address while it lives; its account ends when a closed one's address
 * belongs to one that is not closed.
 */
#include "python/account.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "account/producers.h"
#include "cpython/line.h"
#include "python/clients.h"
#include "python/partition.h"
#include "trace/map.h"
#include "trace/writer.h"

/* ---- settings ---- */

static object *setting(object *producer, const char *name)
{
	object *config = python_get(producer, "config");
	object *value = config ? py.PyDict_GetItemString(config, name) : NULL;

	if (value)
		py.Py_IncRef(value);
	python_drop(config);
	return value;
}

/* What explains an outcome; nothing here is a secret. */
static const char *const configuration_keys[] = {
	"acks", "linger_ms", "batch_size", "buffer_memory", "max_block_ms", "max_request_size",
	"request_timeout_ms", "delivery_timeout_ms", "retries", "retry_backoff_ms",
	"max_in_flight_requests_per_connection", "enable_idempotence", "transactional_id",
	"compression_type", "send_buffer_bytes", "security_protocol", "api_version",
};

static size_t line_add(char *lines, size_t room, const char *key, object *value)
{
	ssize_t value_bytes = 0;
	size_t key_bytes = strlen(key);
	object *text = py.PyObject_Str(value);
	const char *utf8 = text ? py.PyUnicode_AsUTF8AndSize(text, &value_bytes) : NULL;
	size_t bytes = 0;

	if (utf8 && key_bytes + (size_t)value_bytes + 2 <= room) {
		memcpy(lines, key, key_bytes);
		lines[key_bytes] = '=';
		memcpy(lines + key_bytes + 1, utf8, (size_t)value_bytes);
		bytes = key_bytes + (size_t)value_bytes + 2;
		lines[bytes - 1] = '\n';
	}
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(text);
	return bytes;
}

static trace_string configuration_write(object *producer)
{
	char lines[2048];
	size_t at = 0;

	for (size_t i = 0; i < sizeof configuration_keys / sizeof *configuration_keys; i++) {
		object *value = setting(producer, configuration_keys[i]);

		if (value && value != py.none)
			at += line_add(lines + at, sizeof lines - at, configuration_keys[i],
				       value);
		python_drop(value);
	}
	return writer_string(lines, at);
}

static trace_string text_setting(object *producer, const char *name)
{
	object *value = setting(producer, name);
	ssize_t bytes = 0;
	const char *text = NULL;

	if (value && value != py.none)
		text = py.PyUnicode_AsUTF8AndSize(value, &bytes);
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	trace_string string = text ? writer_string(text, (size_t)bytes) : 0;

	python_drop(value);
	return string;
}

static int32_t acks_setting(object *producer)
{
	object *value = setting(producer, "acks"); /* "all" has become -1 */
	long acks = python_number(value, TRACE_UNKNOWN);

	python_drop(value);
	return (int32_t)acks;
}

static uint32_t flags_setting(object *producer)
{
	object *transactional = setting(producer, "transactional_id");
	object *idempotent = setting(producer, "enable_idempotence");
	uint32_t flags = 0;

	if (transactional && transactional != py.none)
		flags |= PRODUCER_TRANSACTIONAL | PRODUCER_IDEMPOTENT;
	if (idempotent && py.PyObject_IsTrue(idempotent) > 0)
		flags |= PRODUCER_IDEMPOTENT;
	python_drop(transactional);
	python_drop(idempotent);
	return flags;
}

/* ---- accounts ---- */

/* In a child of fork: the thread that would send belongs to the parent. */
static bool is_inherited(object *producer)
{
	if (!(trace->process->notes & NOTE_FORKED_CHILD))
		return false;
	object *sender = python_get(producer, "_sender");
	object *is_alive = python_get(sender, "is_alive");
	object *alive = is_alive ? python_call(is_alive, NULL, 0, NULL) : NULL;
	bool dead = alive && py.PyObject_IsTrue(alive) == 0;

	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	python_drop(alive);
	python_drop(is_alive);
	python_drop(sender);
	return dead;
}

struct guest_producer *python_account_open(object *producer, enum trace_client client,
					   uint32_t flags)
{
	struct guest_producer *account = producer_open_other(producer, client, flags);

	python_open();
	python_clients_note();
	return account;
}

static struct guest_producer *account_open(object *producer)
{
	object *accumulator = python_get(producer, "_accumulator");

	if (!accumulator)
		return NULL;
	python_drop(accumulator);
	uint32_t inherited = is_inherited(producer) ? PRODUCER_INHERITED : 0;
	struct guest_producer *account = python_account_open(
		producer, CLIENT_KAFKA_PYTHON, flags_setting(producer) | inherited);
	struct trace_producer *row = producer_row(account);

	if (row->flags & PRODUCER_OVERFLOW)
		return account;
	row->acks = acks_setting(producer);
	row->client_id = text_setting(producer, "client_id");
	row->configuration = configuration_write(producer);
	return account;
}

static struct guest_producer *account_find(object *producer)
{
	uint32_t i = 0;

	for (; i < GUEST_PRODUCERS - 1; i++) {
		if (!guest->producers[i].claimed)
			return NULL;
		if (guest->producers[i].rk == (void *)producer)
			return &guest->producers[i];
	}
	/* All taken: the last row stands for the rest, once it is open. */
	return producer_row(&guest->producers[i])->flags & PRODUCER_OVERFLOW ? &guest->producers[i]
									      : NULL;
}

struct guest_producer *python_account_known(object *producer)
{
	struct guest_producer *account = account_find(producer);

	if (account && producer_row(account)->destroyed_ns &&
	    !python_is_true(producer, "_closed")) {
		__atomic_store_n(&account->rk, NULL, __ATOMIC_RELAXED);
		account = NULL;
	}
	return account;
}

struct guest_producer *python_account(object *producer)
{
	struct guest_producer *account = python_account_known(producer);

	return account ? account : account_open(producer);
}

bool python_account_aborting[GUEST_PRODUCERS];

/* ---- counts ---- */

static void count(struct trace_counts *counts, bool private, enum trace_count kind,
		  uint64_t messages, uint64_t bytes)
{
	if (private) {
		writer_add(&counts->bytes[kind], bytes);
		writer_add(&counts->messages[kind], messages);
	} else {
		writer_add_shared(&counts->bytes[kind], bytes);
		writer_add_shared(&counts->messages[kind], messages);
	}
}

void python_account_sent(struct guest_producer *producer, uint32_t entry, uint32_t site,
			 uint64_t bytes)
{
	struct trace_cell *cell = writer_cell(entry, site);

	count(cell ? &cell->counts : &trace->topics[entry].counts, cell != NULL, COUNT_SENT, 1,
	      bytes);
	producer_row(producer)->produced_last_ns = guest_now_coarse_ns();
}

uint32_t python_account_partition(const struct guest_producer *producer, const char *topic,
				  int32_t number)
{
	return writer_topic(producer_index(producer), topic, number, producer->topic);
}

void python_account_settled(const struct python_batch *batch, enum trace_count kind,
			    int32_t error)
{
	struct guest_producer *producer = &guest->producers[batch->producer];

	struct trace_cell *cell = writer_cell(batch->row, batch->site);

	count(cell ? &cell->counts : &trace->topics[batch->row].counts, cell != NULL, kind,
	      batch->messages, batch->bytes);
	python_partition_settled(batch->row, batch->messages);
	if (kind != COUNT_FAILED)
		return;
	for (uint32_t i = 0; i < batch->messages; i++)
		producer_error(producer, error, COUNT_FAILED);
	writer_event(EVENT_FAILED, batch->producer, error, (int64_t)batch->bytes);
}

/* ---- refused messages ---- */

#define REFUSED (sizeof((struct guest_producer *)0)->refused / sizeof(uint64_t))

void python_account_rejected(struct guest_producer *producer, const char *topic, uint64_t bytes,
			     int32_t error, uint64_t fingerprint)
{
	uint32_t row = writer_topic(producer_index(producer), topic, -1, producer->topic);

	count(&trace->topics[row].counts, false, COUNT_REJECTED, 1, bytes);
	producer_error(producer, error, COUNT_REJECTED);
	writer_event(EVENT_REJECTED, producer_index(producer), error, (int64_t)bytes);
	for (size_t i = 0; i < REFUSED; i++)
		if (producer->refused[i] == fingerprint) { /* refused twice is one message */
			writer_add_shared(&producer_row(producer)->rejected_retried, 1);
			return;
		}
	for (size_t i = 0; i < REFUSED; i++)
		if (!producer->refused[i]) {
			producer->refused[i] = fingerprint;
			producer->refused_count++;
			return;
		}
}

void python_account_retried(struct guest_producer *producer, uint64_t fingerprint)
{
	for (size_t i = 0; i < REFUSED; i++)
		if (producer->refused[i] == fingerprint) {
			producer->refused[i] = 0;
			producer->refused_count--;
			writer_add_shared(&producer_row(producer)->rejected_retried, 1);
			return;
		}
}
