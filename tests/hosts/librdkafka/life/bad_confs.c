/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bad_confs.c - forty producers that cannot be made, as a loop that waits for
 * its certificate makes them.
 * links: rdkafka
 */
#include "host.h"

int main(void)
{
	int refused = 0;
	char why[512];

	for (int i = 0; i < 40; i++) {
		rd_kafka_conf_t *conf = host_conf("127.0.0.1:1");

		host_set(conf, "security.protocol", "ssl");
		host_set(conf, "ssl.ca.location", "/no/such/file");
		host_set(conf, "log_level", "0");
		if (rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why)))
			continue;
		rd_kafka_conf_destroy(conf);
		refused++;
	}
	printf("refused: %d\n", refused);
	return 0;
}
