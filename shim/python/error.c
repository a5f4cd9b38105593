/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - see error.h.
 */
#include "python/error.h"

#include <librdkafka/rdkafka.h>

/* Exceptions that kafka-python raises by itself, with librdkafka's error codes for them. */
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
	{"ProducerFenced", RD_KAFKA_RESP_ERR__FENCED},
	{"IllegalOperation", RD_KAFKA_RESP_ERR__STATE},
	{"AssertionError", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"TypeError", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"ValueError", RD_KAFKA_RESP_ERR__INVALID_ARG},
};

bool python_error_class_is(object *error, const char *name)
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

int32_t python_error_code(object *error)
{
	object *number = python_get(error, "errno");
	long code = python_is_given(number) ? python_number(number, 0) : 0;

	python_drop(number);
	for (size_t i = 0; code == 0 && i < sizeof own_errors / sizeof *own_errors; i++)
		if (python_error_class_is(error, own_errors[i].class))
			code = own_errors[i].code;
	return code ? (int32_t)code : RD_KAFKA_RESP_ERR_UNKNOWN;
}

struct python_error python_error_aside(void)
{
	struct python_error aside;

	py.PyErr_Fetch(&aside.type, &aside.value, &aside.trace);
	return aside;
}

void python_error_aside_end(struct python_error aside)
{
	py.PyErr_Restore(aside.type, aside.value, aside.trace);
}

int32_t python_error_aside_code(struct python_error aside)
{
	/* Until the exception is normalized its value may be a text. */
	int32_t code = aside.value ? python_error_code(aside.value) : RD_KAFKA_RESP_ERR_UNKNOWN;

	return code != RD_KAFKA_RESP_ERR_UNKNOWN || !aside.type ? code
								: python_error_code(aside.type);
}
