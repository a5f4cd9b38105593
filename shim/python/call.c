/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.c - what the methods that stand in for kafka-python's
 * own have in common.
 *
 * Each calls the original once, with the host's arguments, and returns what
 * it returned, its exception included: ours happens before it, or after it
 * with the exception put aside. Everything runs under the interpreter's lock.
 */
#include "python/call.h"

#include <alloca.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

__thread struct probe_thread probe_thread __attribute__((tls_model("initial-exec")));

object *probe_originals[PROBE_METHOD_COUNT];
object *probe_batch_attribute;
object *probe_place_attribute;

/* A signature for inspect, and no more: the text is shared by all versions. */
struct method_definition probe_definitions[PROBE_METHOD_COUNT] = {
#define DEFINITION(id, client, owner, name, optional) \
	[PROBE_##id] = {name, probe_call_##id, METHOD_FLAGS, \
			name "($self, /, *args, **kwargs)\n--\n\n"},
	PROBE_METHODS(DEFINITION)
#undef DEFINITION
};

bool probe_calls_prepare(void)
{
	probe_batch_attribute = py.PyUnicode_InternFromString("_unflushed");
	probe_place_attribute = py.PyUnicode_InternFromString("topic_partition");
	if (py.PyErr_Occurred())
		py.PyErr_Clear();
	return probe_batch_attribute && probe_place_attribute;
}

object *probe_original(enum probe_method method, object *self, object *const *args,
		       ssize_t count, object *names)
{
	size_t named = names ? (size_t)py.PyTuple_Size(names) : 0;
	size_t given = (size_t)count;
	object **all = alloca((given + named + 1) * sizeof *all);

	all[0] = self;
	if (given + named)
		memcpy(all + 1, args, (given + named) * sizeof *all);
	return python_call(probe_originals[method], all, given + 1, names);
}

object *probe_argument(object *const *args, ssize_t count, object *names, ssize_t place,
		       const char *name)
{
	ssize_t named = names ? py.PyTuple_Size(names) : 0;

	if (place < count)
		return args[place];
	for (ssize_t i = 0; i < named; i++)
		if (python_text_is(py.PyTuple_GetItem(names, i), name))
			return args[count + i];
	return NULL;
}

const char *probe_text(object *text)
{
	const char *utf8 = probe_is_given(text) ? py.PyUnicode_AsUTF8AndSize(text, NULL) : NULL;

	if (!utf8 && py.PyErr_Occurred())
		py.PyErr_Clear();
	return utf8 ? utf8 : "";
}

uint64_t probe_size(object *bytes)
{
	ssize_t size = probe_is_given(bytes) ? py.PyObject_Size(bytes) : 0;

	if (size < 0) {
		py.PyErr_Clear();
		return 0;
	}
	return (uint64_t)size;
}

/* What kafka-python raises by itself, in the words of librdkafka's codes. */
static const struct {
	const char *class;
	int32_t code;
} own_errors[] = {
	{"KafkaTimeoutError", RD_KAFKA_RESP_ERR__TIMED_OUT},
	{"RequestTimedOutError", RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT},
	{"KafkaConnectionError", RD_KAFKA_RESP_ERR__TRANSPORT},
	{"NodeNotReadyError", RD_KAFKA_RESP_ERR__TRANSPORT},
	{"MessageSizeTooLargeError", RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE},
	{"IllegalStateError", RD_KAFKA_RESP_ERR__STATE},
	{"Cancelled", RD_KAFKA_RESP_ERR__DESTROY},
	{"CancelledError", RD_KAFKA_RESP_ERR__INTR},
	{"TimeoutError", RD_KAFKA_RESP_ERR__TIMED_OUT},
	{"ProducerClosed", RD_KAFKA_RESP_ERR__STATE},
	{"IllegalOperation", RD_KAFKA_RESP_ERR__STATE},
	{"AssertionError", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"TypeError", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"ValueError", RD_KAFKA_RESP_ERR__INVALID_ARG},
};

bool probe_class_is(object *error, const char *name)
{
	/* kafka-python passes classes and instances alike. */
	object *own = python_get(error, "__name__");
	object *class = own ? NULL : python_get(error, "__class__");
	object *text = own ? own : python_get(class, "__name__");
	bool same = python_text_is(text, name);

	python_drop(text);
	python_drop(class);
	return same;
}

int32_t probe_error_code(object *error)
{
	object *number = python_get(error, "errno");
	long code = probe_is_given(number) ? python_number(number, 0) : 0;

	python_drop(number);
	for (size_t i = 0; code == 0 && i < sizeof own_errors / sizeof *own_errors; i++)
		if (probe_class_is(error, own_errors[i].class))
			code = own_errors[i].code;
	return code ? (int32_t)code : RD_KAFKA_RESP_ERR_UNKNOWN;
}

struct probe_error probe_aside(void)
{
	struct probe_error aside;

	py.PyErr_Fetch(&aside.type, &aside.value, &aside.trace);
	return aside;
}

void probe_aside_end(struct probe_error aside)
{
	py.PyErr_Restore(aside.type, aside.value, aside.trace);
}

int32_t probe_aside_code(struct probe_error aside)
{
	/* The value may be a text as long as nobody has looked at it. */
	int32_t code = aside.value ? probe_error_code(aside.value) : RD_KAFKA_RESP_ERR_UNKNOWN;

	return code != RD_KAFKA_RESP_ERR_UNKNOWN || !aside.type ? code : probe_error_code(aside.type);
}
