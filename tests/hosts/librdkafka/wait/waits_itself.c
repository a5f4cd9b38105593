/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits_itself.c - the thread that produced waits for its messages, or only seems to.
 *
 * waits_itself BOOTSTRAP WAY [COUNT]; the ways are the rows at the end. Prints how
 * many reports it took, if it ends by itself.
 * links: rdkafka
 */
#include "host.h"
#include <poll.h>
#include <string.h>

#define SLEEP_US 200000

static int count, told;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	told++;
}

static void reported_and_exits(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	reported(rk, message, opaque);
	if (told == count)
		exit(0);
}

static void send_order(rd_kafka_t *rk)
{
	while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				 RD_KAFKA_V_VALUE((void *)"order", 5), RD_KAFKA_V_END))
		rd_kafka_poll(rk, 10);
}

static void send_orders(rd_kafka_t *rk)
{
	for (int i = 0; i < count; i++)
		send_order(rk);
}

/* --- right ------------------------------------------------------------------------ */

static void flush(rd_kafka_t *rk)
{
	send_orders(rk);
	rd_kafka_flush(rk, 30000);
}

static void count_by_100(rd_kafka_t *rk)
{
	send_orders(rk);
	while (told < count)
		rd_kafka_poll(rk, 100);
}

static void count_by_1000(rd_kafka_t *rk)
{
	send_orders(rk);
	while (told < count)
		rd_kafka_poll(rk, 1000);
}

static void until_empty(rd_kafka_t *rk)
{
	send_orders(rk);
	while (rd_kafka_outq_len(rk) > 0)
		rd_kafka_poll(rk, 100);
}

static void poll_between_then_flush(rd_kafka_t *rk)
{
	for (int i = 0; i < count; i++) {
		send_order(rk);
		rd_kafka_poll(rk, 0);
	}
	rd_kafka_flush(rk, 30000);
}

static void count_by_callback_queue(rd_kafka_t *rk)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);

	send_orders(rk);
	while (told < count)
		rd_kafka_queue_poll_callback(queue, 100);
}

static void count_by_consume(rd_kafka_t *rk)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);

	send_orders(rk);
	while (told < count) {
		rd_kafka_message_t *message = rd_kafka_consume_queue(queue, 100);

		if (message)
			rd_kafka_message_destroy(message);
	}
}

static void count_by_consume_batch(rd_kafka_t *rk)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);
	rd_kafka_message_t *messages[8];

	send_orders(rk);
	while (told < count) {
		ssize_t got = rd_kafka_consume_batch_queue(queue, 100, messages, 8);

		for (ssize_t i = 0; i < got; i++)
			rd_kafka_message_destroy(messages[i]);
	}
}

static void count_events(rd_kafka_t *rk)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);

	send_orders(rk);
	while (told < count) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 100);

		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
			told += (int)rd_kafka_event_message_count(event);
		if (event)
			rd_kafka_event_destroy(event);
	}
}

/* Waits for the client to write into a pipe, and not in the client. */
static void woken(rd_kafka_t *rk)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);
	struct pollfd end = {.events = POLLIN};
	char bytes[64];
	int ends[2];

	if (pipe(ends) != 0)
		exit(2);
	end.fd = ends[0];
	rd_kafka_queue_io_event_enable(queue, ends[1], "1", 1);
	send_orders(rk);
	while (told < count) {
		if (poll(&end, 1, 10000) != 1 || read(ends[0], bytes, sizeof(bytes)) <= 0)
			exit(2);
		rd_kafka_poll(rk, 0);
	}
}

static void spin(rd_kafka_t *rk)
{
	send_orders(rk);
	while (told < count) {
		rd_kafka_poll(rk, 0);
		usleep(1000);
	}
}

/* --- wrong ------------------------------------------------------------------------ */

static void lucky(rd_kafka_t *rk)
{
	send_orders(rk);
	usleep(SLEEP_US);
	rd_kafka_poll(rk, 0);
}

static void poll_between(rd_kafka_t *rk)
{
	for (int i = 0; i < count; i++) {
		send_order(rk);
		rd_kafka_poll(rk, 0);
	}
}

/* It returns after a second: with no report to come, whatever arrived by then. */
static void poll_once(rd_kafka_t *rk)
{
	send_orders(rk);
	rd_kafka_poll(rk, 1000);
}

static void nothing(rd_kafka_t *rk)
{
	send_orders(rk);
}

/* --- transactions ----------------------------------------------------------------- */

static void check(const char *step, rd_kafka_error_t *error)
{
	if (!error)
		return;
	printf("%s: %s\n", step, rd_kafka_error_name(error));
	exit(2);
}

static void commit(rd_kafka_t *rk)
{
	check("init", rd_kafka_init_transactions(rk, 30000));
	check("begin", rd_kafka_begin_transaction(rk));
	send_orders(rk);
	check("commit", rd_kafka_commit_transaction(rk, 30000));
}

static void begin_again(rd_kafka_t *rk)
{
	commit(rk);
	check("begin", rd_kafka_begin_transaction(rk));
}

static void begin_again_and_flush(rd_kafka_t *rk)
{
	begin_again(rk);
	flush(rk);
}

/* --- all of them ------------------------------------------------------------------ */

static const struct way {
	const char *name;
	enum { BY_CALLBACK, BY_CALLBACK_THAT_EXITS, BY_EVENTS, OF_ERRORS, NONE } reports;
	void (*run)(rd_kafka_t *rk);
} ways[] = {
	{"flush", BY_CALLBACK, flush},
	{"count_100", BY_CALLBACK, count_by_100},
	{"count_1000", BY_CALLBACK, count_by_1000},
	{"outq", BY_CALLBACK, until_empty},
	{"outq_errors", OF_ERRORS, until_empty},
	{"outq_unreported", NONE, until_empty},
	{"poll_between_flush", BY_CALLBACK, poll_between_then_flush},
	{"exits_in_callback", BY_CALLBACK_THAT_EXITS, count_by_1000},
	{"exits_in_flush", BY_CALLBACK_THAT_EXITS, flush},
	{"callback_queue", BY_CALLBACK, count_by_callback_queue},
	{"consume", BY_CALLBACK, count_by_consume},
	{"consume_batch", BY_CALLBACK, count_by_consume_batch},
	{"events", BY_EVENTS, count_events},
	{"woken", BY_CALLBACK, woken},
	{"spin", BY_CALLBACK, spin},
	{"lucky", BY_CALLBACK, lucky},
	{"poll_between", BY_CALLBACK, poll_between},
	{"poll_once_errors", OF_ERRORS, poll_once},
	{"poll_once_unreported", NONE, poll_once},
	{"nothing", BY_CALLBACK, nothing},
	{"commit_begin", BY_CALLBACK, begin_again},
	{"commit_open", BY_CALLBACK, begin_again_and_flush},
};

static const struct way *way_of(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	fprintf(stderr, "no way is called '%s'\n", name);
	exit(2);
}

static rd_kafka_conf_t *conf_of(const struct way *way, const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	if (way->reports == BY_CALLBACK || way->reports == OF_ERRORS)
		rd_kafka_conf_set_dr_msg_cb(conf, reported);
	if (way->reports == BY_CALLBACK_THAT_EXITS)
		rd_kafka_conf_set_dr_msg_cb(conf, reported_and_exits);
	if (way->reports == BY_EVENTS)
		rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	if (way->reports == OF_ERRORS)
		host_set(conf, "delivery.report.only.error", "true");
	/* So that its first poll finds nothing: one that found all would be a lucky one. */
	if (way->run == spin)
		host_set(conf, "linger.ms", "200");
	if (strncmp(way->name, "commit", 6) == 0)
		host_set(conf, "transactional.id", "orders");
	return conf;
}

int main(int argc, char **argv)
{
	const struct way *way = way_of(argc > 2 ? argv[2] : "flush");
	rd_kafka_t *rk = host_producer(conf_of(way, host_bootstrap(argc, argv)));

	count = host_number(argc, argv, 3, 20);
	way->run(rk);
	printf("told: %d\n", told);
	return 0;
}
