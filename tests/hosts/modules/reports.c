/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports.c - a delivery callback in a module of its own, as a binding has it: where the module
 * lies says whose it is. What it is told it keeps to itself.
 */
#include <librdkafka/rdkafka.h>

void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
}
