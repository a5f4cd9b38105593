/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks_in_produce.c - produce waits for room in a small queue (RD_KAFKA_MSG_F_BLOCK).
 *
 * blocks_in_produce [BOOTSTRAP [produce|batch|producev|produceva [COUNT [ends]]]]
 *
 * ends: SIGALRM ends it once the queue is full and main sleeps in the call after that.
 * links: rdkafka threads
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#define QUEUE 10
#define WRITTEN_MS 500 /* what is queued goes out after 50; no verdict hangs on it */
#define FLAGS (RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK)

static void send_order(const char *how, rd_kafka_t *rk, rd_kafka_topic_t *orders, int number)
{
	rd_kafka_message_t message = {.payload = &number, .len = sizeof(number)};
	rd_kafka_vu_t parts[] = {
		{.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = orders},
		{.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {&number, sizeof(number)}},
		{.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = FLAGS},
	};

	if (strcmp(how, "batch") == 0)
		rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, FLAGS, &message, 1);
	else if (strcmp(how, "producev") == 0)
		rd_kafka_producev(rk, RD_KAFKA_V_RKT(orders),
				  RD_KAFKA_V_VALUE(&number, sizeof(number)),
				  RD_KAFKA_V_MSGFLAGS(FLAGS), RD_KAFKA_V_END);
	else if (strcmp(how, "produceva") == 0)
		rd_kafka_error_destroy(rd_kafka_produceva(rk, parts, 3));
	else
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, FLAGS, &number, sizeof(number),
				 NULL, 0, NULL);
}

static int in_hand; /* the number of the message that main is about to produce */

static bool main_sleeps(void)
{
	char path[64], line[512] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)getpid());
	FILE *file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file))
		exit(2);
	fclose(file);
	const char *name_end = strrchr(line, ')');

	return name_end && name_end[2] == 'S';
}

static void *end_in_it(void *nothing)
{
	while (__atomic_load_n(&in_hand, __ATOMIC_ACQUIRE) < QUEUE || !main_sleeps())
		usleep(1000);
	usleep(WRITTEN_MS * 1000);
	kill(getpid(), SIGALRM);
	return nothing;
}

int main(int argc, char **argv)
{
	pthread_t watcher;
	int count = host_number(argc, argv, 3, 60);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "queue.buffering.max.messages", "10");
	host_set(conf, "linger.ms", "50");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	if (argc > 4 && pthread_create(&watcher, NULL, end_in_it, NULL))
		return 2;
	for (int i = 0; i < count; i++) {
		__atomic_store_n(&in_hand, i, __ATOMIC_RELEASE);
		send_order(argc > 2 ? argv[2] : "produce", rk, orders, i);
	}
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
