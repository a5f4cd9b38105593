/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handles.c - see handles.h.
 */
#include "librdkafka/handles.h"

#include <string.h>

#include "guest/hash.h"
#include "librdkafka/binding.h"
#include "librdkafka/state.h"
#include "trace/map.h"
#include "trace/writer.h"

#define HANDLES 1024

static struct handle handles[HANDLES];
/* Which of them are in use. Not inside the handles: while one is filled in, all of it is 0 for
 * a moment, and another thread would take it, too. */
static uint32_t handles_taken[HANDLES];
static uint32_t handles_high; /* no handle beyond it was ever taken */

struct handle *handle_take(const struct copy *copy)
{
	for (uint32_t i = 0; i < HANDLES; i++) {
		uint32_t taken = 0;

		if (!__atomic_compare_exchange_n(&handles_taken[i], &taken, 1, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		handles[i] = (struct handle){.copy = copy, .acks = TRACE_UNKNOWN};
		uint32_t high = __atomic_load_n(&handles_high, __ATOMIC_RELAXED);

		while (high < i + 1 &&
		       !__atomic_compare_exchange_n(&handles_high, &high, i + 1, true,
						    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			;
		return &handles[i];
	}
	return NULL;
}

void handle_release(struct handle *handle)
{
	__atomic_store_n(&handle->rk, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&handles_taken[handle - handles], 0, __ATOMIC_RELEASE);
}

/* If another handle has the same address, its producer has been destroyed: another thread is
 * about to return from rd_kafka_destroy, or used IMMEDIATE (story: many_producers). */
void handle_is_of(struct handle *handle, rd_kafka_t *rk)
{
	uint32_t high = __atomic_load_n(&handles_high, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < high; i++) {
		rd_kafka_t *same = rk;

		__atomic_compare_exchange_n(&handles[i].rk, &same, NULL, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&handle->rk, rk, __ATOMIC_RELEASE);
}

struct handle *handle_find(const rd_kafka_t *rk)
{
	uint32_t high = __atomic_load_n(&handles_high, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < high; i++)
		if (__atomic_load_n(&handles[i].rk, __ATOMIC_RELAXED) == rk)
			return &handles[i];
	return NULL;
}

bool handle_any(void)
{
	return __atomic_load_n(&handles_high, __ATOMIC_ACQUIRE) > 0;
}

/* ---- accounts ---- */

static uint32_t library_row(const struct copy *copy)
{
	struct trace_section *section = writer_section(SECTION_LIBRARY);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);
	size_t bytes;

	for (uint32_t i = 0; i < used && i < section->rows; i++) {
		const char *path = writer_string_text(trace->libraries[i].path, &bytes);

		if (bytes == strlen(copy->path) && memcmp(path, copy->path, bytes) == 0)
			return i + 1;
	}
	uint32_t index = writer_claim(SECTION_LIBRARY);

	if (index == WRITER_NONE)
		return 0;
	struct trace_library *row = &trace->libraries[index];
	const char *version = USE(copy, rd_kafka_version_str)();

	row->linkage = copy->linkage;
	row->path = writer_string(copy->path, strlen(copy->path));
	row->version = writer_string(version, strlen(version));
	row->version_number = copy->version;
	__atomic_store_n(&row->state, 1, __ATOMIC_RELEASE);
	return index + 1;
}

void handle_open(struct handle *handle, uint32_t flags)
{
	struct producer_facts facts = {
		.owner = handle->rk,
		.client = CLIENT_LIBRDKAFKA,
		.flags = handle->flags | flags,
		.library = library_row(handle->copy),
		.acks = handle->acks,
		.name = USE(handle->copy, rd_kafka_name)(handle->rk),
	};

	__atomic_fetch_or(&trace->process->notes, NOTE_KAFKA_API, __ATOMIC_RELAXED);
	handle->producer = producer_index(producer_open(&facts));
	if (handle->binding && !producer_is_shared(producer_at(handle->producer)))
		producer_more(producer_at(handle->producer))->binding =
			handle->flags & PRODUCER_ASYNCIO ? BINDING_ASYNCIO
							 : binding_id(handle->binding);
}

/* The handle's account has another owner, or was wiped by a fork: the parent made the handle
 * (story: forks_then_produces). */
struct account_producer *handle_account_inherited(struct handle *handle)
{
	if (!producer_is_shared(producer_at(handle->producer)))
		handle_open(handle, PRODUCER_INHERITED);
	return producer_at(handle->producer);
}

struct account_producer *handle_known(const rd_kafka_t *rk)
{
	struct account_producer *own = producer_find(rk);
	struct handle *handle = own ? NULL : handle_find(rk);

	if (!handle || !handle->accounted || !producer_is_shared(producer_at(handle->producer)))
		return own;
	return producer_at(handle->producer);
}

struct account_producer *handle_account_of(const void *rk)
{
	struct handle *handle = handle_find(rk);

	return handle && handle->accounted ? handle_account(handle) : NULL;
}

void handle_fatal_look(const struct handle *handle)
{
	struct account_producer *producer =
		handle && handle->rk && handle->accounted ? handle_known(handle->rk) : NULL;
	char words[1];

	if (!producer || producer_row(producer)->flags & PRODUCER_OVERFLOW ||
	    !handle->copy->use[USE_rd_kafka_fatal_error])
		return;
	rd_kafka_resp_err_t error =
		USE(handle->copy, rd_kafka_fatal_error)(handle->rk, words, sizeof words);

	if (error)
		producer_more(producer)->fatal_error = error;
}

/* ---- the binding that made it ---- */

/* Two threads may do this at once: they find the same. */
static void maker_ask(struct handle *handle)
{
	const struct binding *found = binding_by_text(handle->maker);

	handle->maker_asked = true;
	if (!found)
		return;
	handle->binding = found;
	if (handle->accounted && !producer_is_shared(handle_account(handle)))
		producer_more(handle_account(handle))->binding = found->id;
}

const struct binding *binding_of(struct handle *handle)
{
	if (!handle->binding)
		return binding_none();
	if (handle->binding->id == BINDING_NONE && !handle->maker_asked)
		maker_ask(handle);
	return handle->binding;
}

/* ---- topic and queue handles ---- */

static struct librdkafka_object *object_at(uint32_t slot)
{
	return &librdkafka_state->objects[slot % LIBRDKAFKA_OBJECTS];
}

void handle_object_remember(const void *object, const struct account_producer *producer)
{
	uint32_t at = hash_address(object);

	for (uint32_t probe = 0; probe < LIBRDKAFKA_OBJECTS; probe++, at++) {
		struct librdkafka_object *entry = object_at(at);
		const void *free = NULL;

		if (entry->object != object &&
		    !__atomic_compare_exchange_n(&entry->object, &free, object, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			continue;
		__atomic_store_n(&entry->producer, producer_index(producer) + 1,
				 __ATOMIC_RELEASE);
		return;
	}
}

struct account_producer *handle_object_producer(const void *object)
{
	uint32_t at = hash_address(object);

	for (uint32_t probe = 0; probe < LIBRDKAFKA_OBJECTS; probe++, at++) {
		const struct librdkafka_object *entry = object_at(at);

		if (!entry->object)
			break;
		if (entry->object == object && entry->producer)
			return producer_at(entry->producer - 1);
	}
	return producer_only();
}
