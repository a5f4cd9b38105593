/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forward_kafka.c - a preload that stands in for rd_kafka_produce and has interceptors that do
 * nothing: the least that any can cost who sees each message and what became of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <stdlib.h>

typedef rd_kafka_t *new_fn(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *why,
			   size_t bytes);
typedef int produce_fn(rd_kafka_topic_t *topic, int32_t partition, int flags, void *payload,
		       size_t bytes, const void *key, size_t key_bytes, void *opaque);

static new_fn *real_new;
static produce_fn *real_produce;

__attribute__((constructor)) static void find(void)
{
	*(void **)&real_new = dlsym(RTLD_NEXT, "rd_kafka_new");
	*(void **)&real_produce = dlsym(RTLD_NEXT, "rd_kafka_produce");
}

static rd_kafka_resp_err_t nothing(rd_kafka_t *rk, rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
				  char *why, size_t bytes)
{
	(void)conf, (void)opaque, (void)why, (void)bytes;
	if (rd_kafka_interceptor_add_on_send(rk, "floor", nothing, NULL) ||
	    rd_kafka_interceptor_add_on_acknowledgement(rk, "floor", nothing, NULL))
		abort();
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_t *rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *why, size_t bytes)
{
	if (rd_kafka_conf_interceptor_add_on_new(conf, "floor", on_new, NULL))
		abort();
	return real_new(type, conf, why, bytes);
}

/* The result is looked at, as anything that counts has to: no tail call. */
int rd_kafka_produce(rd_kafka_topic_t *topic, int32_t partition, int flags, void *payload,
		     size_t bytes, const void *key, size_t key_bytes, void *opaque)
{
	int result =
		real_produce(topic, partition, flags, payload, bytes, key, key_bytes, opaque);

	__asm__ volatile("" : "+r"(result));
	return result;
}
