/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produce.c - nanoseconds per rd_kafka_produce, and nothing but that.
 *
 * Messages of 100 bytes into a queue that holds them all, while nobody
 * listens at the broker's address: the message path alone, no network. Then
 * they are purged, unmeasured. Prints one number.
 * produce [COUNT]
 * links: rdkafka
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static rd_kafka_t *producer(void)
{
	static const char *const settings[][2] = {
		{"bootstrap.servers", "127.0.0.1:1"},
		{"queue.buffering.max.messages", "10000000"},
		{"queue.buffering.max.kbytes", "2000000000"},
		{"message.timeout.ms", "0"},
		{"log_level", "0"},
	};
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof(why))) {
			/* Releases differ in what they allow: the largest they do is enough. */
			if (strstr(settings[i][0], "kbytes"))
				rd_kafka_conf_set(conf, settings[i][0], "2097151", why,
						  sizeof(why));
			else
				exit(2);
		}
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 2000000;
	rd_kafka_t *rk = producer();
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, "bench", NULL);
	char message[100];
	double began;

	memset(message, 'm', sizeof(message));
	began = now_ns();
	for (int i = 0; i < count; i++)
		if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message,
				     sizeof(message), NULL, 0, NULL)) {
			fprintf(stderr, "refused after %d\n", i);
			return 1;
		}
	printf("%.1f\n", (now_ns() - began) / count);
	fflush(stdout);
	_Exit(0); /* freeing two million messages is not what is measured */
}
