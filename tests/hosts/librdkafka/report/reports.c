/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports.c - delivery reports, taken in each way that there is, never a flush.
 *
 * WAY is dr_cb, dr_msg_cb, events, background, forwarded, callback_queue or
 * taken one by one ("each"). TAKEN reports are served, then it lingers until
 * all is delivered, and leaves without destroying.
 * reports BOOTSTRAP WAY COUNT TAKEN
 * links: rdkafka
 */
#include "host.h"
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_int served;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	served++;
}

static void reported_old(rd_kafka_t *rk, void *payload, size_t bytes, rd_kafka_resp_err_t error,
			 void *opaque, void *message_opaque)
{
	(void)rk, (void)payload, (void)bytes, (void)error, (void)opaque, (void)message_opaque;
	served++;
}

static void happened(rd_kafka_t *rk, rd_kafka_event_t *event, void *opaque)
{
	(void)rk, (void)opaque;
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
		served += (int)rd_kafka_event_message_count(event);
	rd_kafka_event_destroy(event);
}

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

static void event_take(rd_kafka_queue_t *queue)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 100);
	int number = 0;

	if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
		while (rd_kafka_event_message_next(event))
			number++;
		served += number;
	}
	if (event)
		rd_kafka_event_destroy(event);
}

int main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[2] : "dr_msg_cb";
	int count = host_number(argc, argv, 3, 100), taken = host_number(argc, argv, 4, count);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	rd_kafka_queue_t *queue = NULL;

	if (strcmp(way, "dr_cb") == 0)
		rd_kafka_conf_set_dr_cb(conf, reported_old);
	else if (strcmp(way, "dr_msg_cb") == 0 || strcmp(way, "callback_queue") == 0)
		rd_kafka_conf_set_dr_msg_cb(conf, reported);
	else
		rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	if (strcmp(way, "background") == 0)
		rd_kafka_conf_set_background_event_cb(conf, happened);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	if (strcmp(way, "background") == 0) {
		queue = rd_kafka_queue_get_main(rk);
		rd_kafka_queue_t *background = rd_kafka_queue_get_background(rk);
		rd_kafka_queue_forward(queue, background);
		rd_kafka_queue_destroy(background);
	} else if (strcmp(way, "forwarded") == 0) {
		rd_kafka_queue_t *from = rd_kafka_queue_get_main(rk);
		queue = rd_kafka_queue_new(rk);
		rd_kafka_queue_forward(from, queue);
		rd_kafka_queue_destroy(from);
	} else {
		queue = rd_kafka_queue_get_main(rk);
	}
	/* One at a time is what each call below can be held to. */
	send_orders(orders, taken);
	while (served < taken)
		if (strcmp(way, "background") == 0)
			usleep(1000);
		else if (strcmp(way, "callback_queue") == 0)
			rd_kafka_queue_poll_callback(queue, 100);
		else if (strncmp(way, "dr_", 3) == 0)
			rd_kafka_poll(rk, 100);
		else
			event_take(queue);
	send_orders(orders, count - taken);
	/* Delivered, and not one of their reports taken. */
	sleep(count > taken);
	printf("served %d\n", taken);
	return 0;
}
