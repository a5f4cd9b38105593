/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tells.c - a producer whose messages fail, and its reports go the way of a binding's.
 *
 * tells BOOTSTRAP COUNT NAME WAY OPAQUE [END [MODULE]]
 * NAME is what client.software.name is set to ("-": nothing, the application is on its own).
 * WAY: "callback" (dr_msg_cb), "copies" (the same, and it asks for the message's topic),
 * "events" (a queue), "none". OPAQUE, what each message carries:
 * "null"; "some"; "two", as newer confluent-kafka-pythons give, with a second word; "one", the
 * same without. END: "flush"; "drop", as some bindings drop a producer (purge, flush, destroy);
 * "purge-drop", after the application has purged by itself. The callback is that of MODULE, if
 * that is given.
 * links: rdkafka dl
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "host.h"

static int told, failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	told++;
	failed += message->err != 0;
}

static void on_report_copied(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	rd_kafka_topic_name(message->rkt);
	on_report(rk, message, opaque);
}

typedef void report_fn(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

static report_fn *report_of(bool copies, const char *module)
{
	report_fn *report;

	if (!module)
		return copies ? on_report_copied : on_report;
	void *handle = dlopen(module, RTLD_NOW);
	void *symbol = handle ? dlsym(handle, copies ? "on_report_copied" : "on_report") : NULL;

	if (!symbol) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	memcpy(&report, &symbol, sizeof report);
	return report;
}

static void *opaque_of(const char *word)
{
	static void *two[] = {two, two}, *one[] = {one, NULL};

	return strcmp(word, "null") == 0 ? NULL : strcmp(word, "one") == 0 ? one : two;
}

static void send_orders(rd_kafka_topic_t *orders, int count, void *opaque)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, opaque);
}

static void take_events(rd_kafka_t *rk, int timeout_ms)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);
	rd_kafka_event_t *event;

	while ((event = rd_kafka_queue_poll(queue, timeout_ms))) {
		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
			told += (int)rd_kafka_event_message_count(event);
			failed += rd_kafka_event_error(event)
					  ? (int)rd_kafka_event_message_count(event)
					  : 0;
		}
		rd_kafka_event_destroy(event);
	}
	rd_kafka_queue_destroy(queue);
}

/* As a binding does that has asked for events: its flush does not serve them. */
static void flush(rd_kafka_t *rk, bool events, int timeout_ms)
{
	for (int waited = 0; events && rd_kafka_outq_len(rk) && waited < timeout_ms;
	     waited += 100)
		take_events(rk, 100);
	rd_kafka_flush(rk, events ? 0 : timeout_ms);
}

static void purge(rd_kafka_t *rk)
{
	rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

int main(int argc, char **argv)
{
	if (argc < 6)
		return 2;
	rd_kafka_conf_t *conf = host_conf(argv[1]);
	const char *name = argv[3], *way = argv[4], *end = argc > 6 ? argv[6] : "flush";
	bool events = strcmp(way, "events") == 0, copies = strcmp(way, "copies") == 0;

	host_set(conf, "message.timeout.ms", strcmp(end, "flush") ? "60000" : "300");
	host_set(conf, "log_level", "0");
	if (strcmp(name, "-"))
		host_set(conf, "client.software.name", name);
	if (events)
		rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	else if (copies || strcmp(way, "callback") == 0)
		rd_kafka_conf_set_dr_msg_cb(conf, report_of(copies, argc > 7 ? argv[7] : NULL));
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	send_orders(orders, host_number(argc, argv, 2, 30), opaque_of(argv[5]));
	if (strcmp(end, "purge-drop") == 0) {
		purge(rk);
		flush(rk, events, 10000);
	}
	if (strcmp(end, "flush"))
		purge(rk);
	flush(rk, events, 10000);
	printf("told %d, failed %d\n", told, failed);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
