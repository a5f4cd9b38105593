/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports.c - a delivery callback in a module of its own, as a binding has it: where the module
 * lies says whose it is. What it is told it keeps to itself; the other looks at its message
 * first, as a binding's does that copies it for somebody.
 */
#include <librdkafka/rdkafka.h>

void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
}

void on_report_copied(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

void on_report_copied(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	rd_kafka_topic_name(message->rkt);
}
