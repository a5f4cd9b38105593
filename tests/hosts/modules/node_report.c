/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_report.c - a delivery callback in an object that is named as node-rdkafka's addon.
 *
 * Whoever loads it says whom it is to tell of reports.
 */
#include <librdkafka/rdkafka.h>

void (*node_tells)(int reports);

void node_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

void node_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	node_tells(1);
}
