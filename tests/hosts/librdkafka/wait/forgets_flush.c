/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forgets_flush.c - produces, works a little, returns from main.
 *
 * The most common mistake there is: produce() only queues, and nobody waits.
 * forgets_flush [BOOTSTRAP [COUNT [WORK_MS [failed]]]]
 * failed: it works on until a connect has.
 * links: rdkafka
 */
#include "host.h"
#include <string.h>
#include <unistd.h>

#ifdef __has_feature
#define HAS_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#else
#define HAS_ASAN 0
#endif
#if HAS_ASAN
/* It ends while librdkafka's threads run: what they just have in a register is no leak. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

static void send_order(rd_kafka_topic_t *orders, int number)
{
	char order[64];

	snprintf(order, sizeof(order), "{\"order\": %d, \"paid\": true}", number);
	if (rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, order,
			     strlen(order), NULL, 0, NULL))
		fprintf(stderr, "order %d was refused\n", number);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 1000);
	int work_ms = host_number(argc, argv, 3, 0);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	if (argc > 4)
		host_hears_failures(conf);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	if (work_ms)
		usleep((useconds_t)work_ms * 1000);
	if (argc > 4)
		host_nap_failure();
	printf("sent %d orders\n", count);
	return 0;
}
