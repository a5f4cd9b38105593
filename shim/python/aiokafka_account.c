/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_account.c - the accounts of AIOKafkaProducer objects, and the
 * application's lines that send.
 */
#include "python/aiokafka_account.h"

#include <string.h>

#include "account/producers.h"
#include "python/account.h"
#include "python/frames.h"
#include "python/batch.h"
#include "python/methods.h"
#include "trace/writer.h"

/* ---- accounts ---- */

/* By account: the objects by which a batch's producer is found. */
static struct {
	uint32_t generation;
	const object *accumulator; /* only compared */
} accumulators[GUEST_PRODUCERS];

/* Where an AIOKafkaProducer keeps the settings that explain an outcome: no secrets. */
static const struct {
	const char *key;
	const char *part; /* NULL: itself */
	const char *attribute;
} settings[] = {
	{"bootstrap_servers", "client", "_bootstrap_servers"},
	{"acks", "_sender", "_acks"},
	{"max_batch_size", "_message_accumulator", "_batch_size"},
	{"max_request_size", NULL, "_max_request_size"},
	{"request_timeout_ms", NULL, "_request_timeout_ms"},
	{"compression_type", NULL, "_compression_type"},
	{"transactional_id", "_txn_manager", "transactional_id"},
};

static object *setting(object *producer, const char *part, const char *attribute)
{
	object *of = part ? python_get(producer, part) : NULL;
	object *value = python_get(part ? of : producer, attribute);

	python_drop(of);
	return value;
}

static trace_string configuration_write(object *producer)
{
	char lines[1024];
	size_t at = 0;

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		object *value = setting(producer, settings[i].part, settings[i].attribute);
		object *text = python_is_given(value) ? py.PyObject_Str(value) : NULL;
		const char *utf8 = python_text(text);
		size_t key_bytes = strlen(settings[i].key), bytes = strlen(utf8);

		if (bytes && at + key_bytes + bytes + 2 <= sizeof lines) {
			memcpy(lines + at, settings[i].key, key_bytes);
			lines[at + key_bytes] = '=';
			memcpy(lines + at + key_bytes + 1, utf8, bytes);
			at += key_bytes + bytes + 2;
			lines[at - 1] = '\n';
		}
		if (py.PyErr_Occurred())
			py.PyErr_Clear();
		python_drop(text);
		python_drop(value);
	}
	return writer_string(lines, at);
}

static uint32_t flags_of(object *producer)
{
	object *manager = python_get(producer, "_txn_manager");
	object *id = python_is_given(manager) ? python_get(manager, "transactional_id") : NULL;
	uint32_t flags = python_is_given(manager) ? PRODUCER_IDEMPOTENT : 0;

	if (method_originals[METHOD_AIOKAFKA_REQUEST] &&
	    method_originals[METHOD_AIOKAFKA_WRITE])
		flags |= PRODUCER_REQUESTS;
	flags |= python_large_checksum("aiokafka.record.util", "calc_crc32c", "calc_crc32c_py");
	if (python_is_given(id))
		flags |= PRODUCER_TRANSACTIONAL;
	python_drop(id);
	python_drop(manager);
	return flags;
}

static struct account_producer *account_open(object *producer, const object *accumulator)
{
	struct account_producer *account =
		python_account_open(producer, CLIENT_AIOKAFKA, flags_of(producer), accumulator);
	struct trace_producer *row = producer_row(account);

	accumulators[producer_index(account)].generation = guest_generation;
	accumulators[producer_index(account)].accumulator = accumulator;
	if (producer_is_shared(account))
		return account;
	object *acks = setting(producer, "_sender", "_acks");
	object *client_id = setting(producer, "client", "_client_id");
	const char *name = python_text(client_id);

	row->acks = (int32_t)python_number(acks, TRACE_UNKNOWN);
	row->client_id = writer_string(name, strlen(name));
	row->configuration = configuration_write(producer);
	python_drop(client_id);
	python_drop(acks);
	return account;
}

struct account_producer *aiokafka_account(object *producer)
{
	struct account_producer *account = python_account_known(producer);

	if (account)
		return account;
	object *accumulator = python_get(producer, "_message_accumulator");

	if (!accumulator) /* its constructor failed */
		return NULL;
	account = account_open(producer, accumulator);
	python_drop(accumulator);
	return account;
}

struct account_producer *aiokafka_account_by_accumulator(const object *accumulator)
{
	for (uint32_t i = 0; i < GUEST_PRODUCERS; i++)
		if (accumulators[i].generation == guest_generation &&
		    accumulators[i].accumulator == accumulator && producer_at(i)->claimed)
			return producer_at(i);
	return NULL;
}

/* ---- lines ---- */

object *aiokafka_own_codes[AIOKAFKA_OWN_CODES];

/* Whether this is the code of one of the client's own functions between the
 * application's line and a batch; `ours`: of the guest's wrapper. */
static bool code_is_own(object *code, bool *ours)
{
	for (size_t i = 0; i < AIOKAFKA_OWN_CODES; i++)
		if (aiokafka_own_codes[i] == code) {
			*ours = i == 0;
			return true;
		}
	return false;
}

uint32_t aiokafka_site(const void *caller, const void *frame)
{
	return python_frames_site(code_is_own, caller, frame);
}
