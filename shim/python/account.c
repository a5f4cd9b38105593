/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.c - the accounts of KafkaProducer objects.
 *
 * All code here runs under the interpreter's lock. A KafkaProducer is
 * identified by its address while it exists; the account of a closed one ends
 * when a producer that is not closed is found at the same address.
 */
#include "python/account.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "account/counts.h"
#include "account/producers.h"
#include "cpython/line.h"
#include "guest/hash.h"
#include "python/clients.h"
#include "python/batch.h"
#include "python/methods.h"
#include "python/partition.h"
#include "site/callsite.h"
#include "trace/large.h"
#include "trace/map.h"
#include "trace/record.h"
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

/* Settings that explain an outcome; none of them is a secret. */
static const char *const configuration_keys[] = {
	"bootstrap_servers",   "acks",
	"linger_ms",	       "batch_size",
	"buffer_memory",       "max_block_ms",
	"max_request_size",    "request_timeout_ms",
	"delivery_timeout_ms", "retries",
	"retry_backoff_ms",    "max_in_flight_requests_per_connection",
	"enable_idempotence",  "transactional_id",
	"compression_type",    "send_buffer_bytes",
	"security_protocol",   "api_version",
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

/* ---- where it was made ---- */

/*
 * The site where a producer was made, found by its accumulator, which its constructor makes:
 * replacing the producer's own constructor would change the parameters that introspection
 * shows. The account is opened later. Of two producers that share a slot the later one is kept.
 */
#define MADE 256
static struct made {
	const object *accumulator; /* only compared */
	uint32_t generation;
	uint32_t site;
} made[MADE];

static struct made *made_of(const object *accumulator)
{
	return &made[hash_address(accumulator) % MADE];
}

static uint32_t made_take(const object *accumulator)
{
	struct made *found = made_of(accumulator);

	if (found->accumulator != accumulator || found->generation != guest_generation + 1)
		return 0;
	found->accumulator = NULL;
	return found->site;
}

static void made_note(const object *accumulator, const void *caller, const void *frame)
{
	if (!guest_is_borrowed() && record_ready())
		*made_of(accumulator) = (struct made){accumulator, guest_generation + 1,
						      callsite_find(caller, frame)};
}

object *method_call_MADE(object *self, object *const *args, ssize_t count, object *names)
{
	made_note(self, __builtin_return_address(0), __builtin_dwarf_cfa());
	return method_original(METHOD_MADE, self, args, count, names);
}

object *method_call_AIOKAFKA_MADE(object *self, object *const *args, ssize_t count,
				  object *names)
{
	made_note(self, __builtin_return_address(0), __builtin_dwarf_cfa());
	return method_original(METHOD_AIOKAFKA_MADE, self, args, count, names);
}

/* ---- accounts ---- */

/* In a forked child: only the parent has the thread that sends. */
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

struct account_producer *python_account_open(object *producer, enum trace_client client,
					     uint32_t flags, const object *accumulator)
{
	struct account_producer *account = producer_open(&(struct producer_facts){
		.owner = producer, .client = client, .flags = flags, .acks = TRACE_UNKNOWN});

	producer_made_at(account, made_take(accumulator));
	python_open();
	python_clients_note();
	return account;
}

/* The flags that say which facts requests.c records for this client. */
static uint32_t flags_requests(void)
{
	if (!method_originals[METHOD_REQUEST])
		return 0;
	return PRODUCER_REQUESTS | (method_originals[METHOD_WRITE] ? PRODUCER_WRITES : 0);
}

static struct account_producer *account_open(object *producer)
{
	object *accumulator = python_get(producer, "_accumulator");

	if (!accumulator)
		return NULL;
	uint32_t inherited = is_inherited(producer) ? PRODUCER_INHERITED : 0;
	uint32_t requests = flags_requests();
	uint32_t checksum = python_large_checksum("kafka.record.util", "crc32c_c", NULL);
	struct account_producer *account = python_account_open(
		producer, CLIENT_KAFKA_PYTHON,
		flags_setting(producer) | inherited | requests | checksum, accumulator);
	struct trace_producer *row = producer_row(account);

	python_drop(accumulator);

	if (producer_is_shared(account))
		return account;
	row->acks = acks_setting(producer);
	row->client_id = text_setting(producer, "client_id");
	row->configuration = configuration_write(producer);
	return account;
}

struct account_producer *python_account_known(object *producer)
{
	struct account_producer *account = producer_find_any(producer);

	/* All rows are taken: further producers share the last one. */
	if (account && producer_row(account)->destroyed_ns &&
	    !python_is_true(producer, "_closed")) {
		__atomic_store_n(&account->owner, NULL, __ATOMIC_RELAXED);
		account = NULL;
	}
	return account;
}

struct account_producer *python_account(object *producer)
{
	struct account_producer *account = python_account_known(producer);

	return account ? account : account_open(producer);
}

/* ---- counts ---- */

void python_account_settled(const struct python_batch *batch, enum trace_count kind,
			    int32_t error)
{
	count_done(producer_at(batch->producer), batch->row, batch->site, kind, batch->messages,
		   batch->bytes, error);
	if (batch->requested)
		count_requested_ended(producer_at(batch->producer), kind, batch->messages);
	if (batch->large)
		large_ended(batch->large, kind);
	python_partition_settled(batch->row, batch->messages);
}
