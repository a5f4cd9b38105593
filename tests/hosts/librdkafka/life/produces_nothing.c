/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produces_nothing.c - makes a producer and never uses it: nothing can be lost.
 *
 * produces_nothing [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"

int main(int argc, char **argv)
{
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));

	rd_kafka_destroy(rk);
	return 0;
}
