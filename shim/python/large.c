/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.c - the time that large messages take: clocks around send() and around the building
 * of a batch. See batch.h, and large.h of `trace/`.
 *
 * A batch is built (checksum, compression) by one method of its builder, on the first thread
 * that needs it. Builders are identified by their address, without a reference: one exists as
 * long as its batch, and is forgotten when it was built; the batch of an older one at the same
 * address has ended before.
 */
#include "python/batch.h"

#include <string.h>

#include "guest/guest.h"
#include "python/methods.h"
#include "trace/large.h"

/* ---- send() ---- */

/* The class of an object is the second word of it. */
static const void *class_of(const object *value)
{
	return ((const void *const *)(const void *)value)[1];
}

static const void *builtin(const char *name)
{
	object *builtins = py.PyEval_GetBuiltins(); /* borrowed, as what it holds */

	return builtins ? py.PyDict_GetItemString(builtins, name) : NULL;
}

/* A serializer may make any size of a value that is neither bytes nor str, and up to twice the
 * size of these. */
static bool may_be_large(object *value)
{
	static const void *bytes_class, *text_class; /* never freed */

	if (!python_is_given(value))
		return false;
	if (!bytes_class) {
		bytes_class = builtin("bytes");
		text_class = builtin("str");
	}
	if (class_of(value) != bytes_class && class_of(value) != text_class)
		return true;
	return python_size(value) >= TRACE_LARGE_BYTES / 2;
}

void python_large_begins(object *value)
{
	method_thread.large = 0;
	method_thread.began_ns = 0;
	method_thread.built_ns = method_thread.built_cpu_ns = 0;
	if (!may_be_large(value))
		return;
	method_thread.began_cpu_ns = guest_cpu_ns();
	method_thread.began_ns = guest_now_ns();
}

void python_large_returned(const struct account_producer *producer)
{
	if (!method_thread.large_bytes || method_state->several)
		return;
	large_sent(method_thread.large, producer_index(producer),
		   guest_now_ns() - method_thread.began_ns - method_thread.built_ns,
		   guest_cpu_ns() - method_thread.began_cpu_ns - method_thread.built_cpu_ns);
}

/* ---- building ---- */

#define BUILDERS GUEST_LARGE

static struct builder {
	const object *builder;
	uint32_t generation;
	uint32_t batch;
	uint32_t producer;
	uint64_t bytes;
} builders[BUILDERS];
static uint32_t builders_used; /* number of those not built yet */

static struct builder *builder_find(const object *builder)
{
	for (uint32_t i = 0; i < BUILDERS; i++)
		if (builders[i].builder == builder &&
		    builders[i].generation == guest_generation)
			return &builders[i];
	return NULL;
}

/* If no place is free the time to build it is not recorded. */
static struct builder *builder_take(const object *builder)
{
	struct builder *found = builder_find(builder);

	for (uint32_t i = 0; i < BUILDERS && !found; i++)
		if (!builders[i].builder || builders[i].generation != guest_generation)
			found = &builders[i];
	if (found)
		builders_used++;
	return found;
}

void python_large_appended(struct python_batch *account, const object *builder, uint32_t site,
			   uint64_t bytes)
{
	struct builder *place = account->large ? builder_find(builder) : NULL;

	if (bytes < TRACE_LARGE_BYTES) {
		if (place)
			place->bytes += bytes;
		return;
	}
	if (!account->large) {
		account->large = large_batch();
		place = builder_take(builder);
		if (place)
			*place = (struct builder){builder, guest_generation, account->large,
						  account->producer, account->bytes};
	}
	if (place)
		place->bytes += bytes;
	method_thread.large =
		large_begin(account->producer, site, account->large, bytes,
			    method_thread.began_ns ? method_thread.began_ns : guest_now_ns());
	method_thread.large_bytes = method_thread.began_ns ? bytes : 0;
}

static object *build_call(enum python_method method, object *self, object *const *args,
			  ssize_t count, object *names)
{
	struct builder *place =
		builders_used && method_is_recording() ? builder_find(self) : NULL;

	if (!place)
		return method_original(method, self, args, count, names);
	const struct builder built = *place;
	int64_t began_cpu_ns = guest_cpu_ns(), began_ns = guest_now_ns();

	*place = (struct builder){.builder = NULL};
	builders_used--;
	object *result = method_original(method, self, args, count, names);
	int64_t took_ns = guest_now_ns() - began_ns, cpu_ns = guest_cpu_ns() - began_cpu_ns;

	method_here();
	method_thread.built_ns += took_ns;
	method_thread.built_cpu_ns += cpu_ns;
	if (result && method_is_recording())
		large_built(built.batch, built.producer, built.bytes, took_ns, cpu_ns);
	return result;
}

object *method_call_ENCODE(object *self, object *const *args, ssize_t count, object *names)
{
	return build_call(METHOD_ENCODE, self, args, count, names);
}

object *method_call_AIOKAFKA_ENCODE(object *self, object *const *args, ssize_t count,
				    object *names)
{
	return build_call(METHOD_AIOKAFKA_ENCODE, self, args, count, names);
}

/* ---- checksums ---- */

uint32_t python_large_checksum(const char *module, const char *attribute, const char *is)
{
	object *known = py.PyImport_GetModuleDict();
	object *found = known ? py.PyDict_GetItemString(known, module) : NULL;
	object *value = found ? python_get(found, attribute) : NULL;
	object *slow = is && found ? python_get(found, is) : NULL;
	bool is_slow = value && (is ? value == slow : value == py.none);

	python_drop(slow);
	python_drop(value);
	return is_slow ? PRODUCER_SLOW_CHECKSUM : 0;
}
