/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.c - large messages of text at random. Of few letters gzip finds many places that are
 * alike, and takes its time. It polls until all are told of before it flushes, for flush ends
 * linger.ms.
 *
 * large [BOOTSTRAP [COUNT [BYTES [LETTERS [SETTING=VALUE]...]]]]
 * links: rdkafka
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>

static char *text_make(size_t bytes, uint64_t letters)
{
	char *text = malloc(bytes);
	uint64_t state = 88172645463325252u;

	for (size_t i = 0; text && i < bytes; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		text[i] = (char)('0' + (state >> 32) % letters);
	}
	return text;
}

static void set(rd_kafka_conf_t *conf, char *setting)
{
	char *value = strchr(setting, '=');

	*value++ = '\0';
	host_set(conf, setting, value);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 1);
	size_t bytes = (size_t)host_number(argc, argv, 3, 2000000);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "message.max.bytes", "8000000");
	for (int i = 5; i < argc; i++)
		set(conf, argv[i]);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);
	char *text = text_make(bytes, (uint64_t)host_number(argc, argv, 4, 64));

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, text,
				 bytes, NULL, 0, NULL);
	while (rd_kafka_outq_len(rk) > 0)
		rd_kafka_poll(rk, 100);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	free(text);
	return 0;
}
