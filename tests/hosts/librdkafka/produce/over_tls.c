/* SPDX-License-Identifier: Apache-2.0 */
/*
 * over_tls.c - produces over TLS, and ends in the way that is asked for.
 *
 * over_tls BOOTSTRAP ENDING COUNT CA [ACKS [BYTES]]
 *	flush	flushes, destroys
 *	none	returns at once
 *	written	dies when they are written, and the broker owes the answers
 *	killed	flushes, and is killed by SIGKILL
 *	untold	is killed when its first Produce request is written, before any interceptor
 *		but its own is told of that
 * links: rdkafka
 */
#include "host.h"

#include <signal.h>
#include <string.h>

static char order[1 << 20];

static int send_order(rd_kafka_topic_t *orders, int bytes)
{
	return rd_kafka_produce(orders, 0, RD_KAFKA_MSG_F_COPY, order, (size_t)bytes, NULL, 0,
				NULL);
}

/* Some time after the write: the broker has it by then. */
static rd_kafka_resp_err_t die_after_produce(rd_kafka_t *rk, int sockfd, const char *broker,
					     int32_t broker_id, int16_t api, int16_t version,
					     int32_t correlation, size_t bytes, void *opaque)
{
	(void)rk, (void)sockfd, (void)broker, (void)broker_id, (void)version;
	(void)correlation, (void)bytes, (void)opaque;
	if (api == 0) {
		usleep(300000);
		kill(getpid(), SIGKILL);
	}
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t is_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
				  char *message, size_t message_bytes)
{
	(void)conf, (void)opaque, (void)message, (void)message_bytes;
	return rd_kafka_interceptor_add_on_request_sent(rk, "own", die_after_produce, NULL);
}

static int unanswered;

/* So many messages of each broker are written and wait for their answer. */
static int count_unanswered(rd_kafka_t *rk, char *statistics, size_t bytes, void *opaque)
{
	static const char key[] = "\"waitresp_msg_cnt\":";
	int count = 0;

	(void)rk, (void)bytes, (void)opaque;
	for (const char *at = strstr(statistics, key); at; at = strstr(at, key)) {
		at += sizeof(key) - 1;
		count += atoi(at);
	}
	unanswered = count;
	return 0;
}

static void end(rd_kafka_t *rk, const char *ending, int count)
{
	if (strcmp(ending, "none") == 0)
		_exit(0);
	if (strcmp(ending, "written") == 0) {
		while (unanswered < count)
			rd_kafka_poll(rk, 100);
		sleep(1); /* for the broker to read them: to end with bytes unread resets them
			   */
		_exit(0);
	}
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	fflush(stdout);
	if (strcmp(ending, "killed") == 0)
		kill(getpid(), SIGKILL);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 3, 1000), bytes = host_number(argc, argv, 6, 9);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "security.protocol", "ssl");
	host_set(conf, "ssl.ca.location", argv[4]);
	host_set(conf, "acks", argc > 5 ? argv[5] : "all");
	if (strcmp(argv[2], "written") == 0) {
		host_set(conf, "statistics.interval.ms", "50");
		rd_kafka_conf_set_stats_cb(conf, count_unanswered);
	}
	if (strcmp(argv[2], "untold") == 0)
		rd_kafka_conf_interceptor_add_on_new(conf, "own", is_new, NULL);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, bytes);
	rd_kafka_topic_destroy(orders);
	end(rk, argv[2], count);
	return 0;
}
