/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - messages of a copy of librdkafka that has no interceptors.
 *
 * A program's linker leaves out what nothing calls (--gc-sections): the functions that add
 * interceptors. Those by which librdkafka itself calls interceptors stay, and it calls them
 * for each message and request (its source: rdkafka_interceptor.c). shim/linked/ leads their
 * calls here.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_INSIDE_H
#define UNFLUSHED_LIBRDKAFKA_INSIDE_H

#include "librdkafka/handles.h"

enum inside_id {
	INSIDE_SEND,
	INSIDE_ACKNOWLEDGEMENT,
	INSIDE_NEEDED, /* without those before no message is counted */
	INSIDE_REQUEST_SENT = INSIDE_NEEDED,
	INSIDE_RESPONSE_RECEIVED,
	INSIDE_COUNT,
};

/* A function of librdkafka's own, and the one that stands in for it and calls the real one. */
struct inside_function {
	const char *name;
	const void *ours;
};
extern const struct inside_function inside_functions[INSIDE_COUNT];

/* The real ones; set before the program runs. NULL: the copy has none. */
extern void *inside_real[INSIDE_COUNT];

/* A producer was made: its messages are counted from here on. */
void inside_made(struct handle *handle, rd_kafka_t *rk);

#endif
