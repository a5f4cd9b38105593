/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many_topics.c - one message to each of COUNT topics, then a flush or none.
 *
 * many_topics BOOTSTRAP COUNT flush|forget
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 10);
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	char topic[32];

	for (int i = 0; i < count; i++) {
		snprintf(topic, sizeof(topic), "%s-%d", HOST_TOPIC, i);
		if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE("order", 5),
				      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END))
			fprintf(stderr, "refused\n");
	}
	if (argc > 3 && strcmp(argv[3], "flush") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 60000)));
	return 0;
}
