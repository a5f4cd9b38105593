/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaves_flush.cpp - a callback that leaves the flush which serves it, once.
 *
 * One message is given up soon, ten more later: against a broker that is not there the
 * report of the first comes while the others are left. `again` calls flush a second time,
 * after a yield: of an exception's reports librdkafka would lose those that came with it.
 * leaves_flush [BOOTSTRAP]
 * throw|error|error_again|yield|jump|jump_asks|thread|killed|again|returns links: rdkafka
 * threads
 */
#include "host.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdexcept>
#include <string.h>

#define LATER 10

static const char *way;
static jmp_buf back;
static bool left;

static bool is(const char *name)
{
	return strcmp(way, name) == 0;
}

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *, void *)
{
	if (left || is("error") || is("error_again") || is("returns"))
		return;
	left = true;
	if (is("throw"))
		throw std::runtime_error("thrown by the report");
	if (is("yield") || is("again"))
		rd_kafka_yield(rk);
	if (is("jump") || is("jump_asks"))
		longjmp(back, 1);
	if (is("thread"))
		pthread_exit(NULL);
	if (is("killed"))
		raise(SIGKILL);
}

static void went_wrong(rd_kafka_t *, int, const char *, void *)
{
	if (left || !(is("error") || is("error_again")))
		return;
	left = true;
	throw std::runtime_error("thrown by the error");
}

static void send_order(rd_kafka_t *rk, const char *topic)
{
	if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE((void *)"order", 5),
			      RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
		printf("refused\n");
}

static void send_orders(rd_kafka_t *rk)
{
	rd_kafka_topic_conf_t *soon = rd_kafka_topic_conf_new();
	char why[256];

	rd_kafka_topic_conf_set(soon, "message.timeout.ms", "100", why, sizeof(why));
	rd_kafka_topic_new(rk, "soon", soon); /* its settings stay with the name */
	send_order(rk, is("again") ? HOST_TOPIC : "soon");
	for (int i = 0; i < LATER; i++)
		send_order(rk, HOST_TOPIC);
}

static void flush(rd_kafka_t *rk, int timeout_ms)
{
	rd_kafka_resp_err_t result = rd_kafka_flush(rk, timeout_ms);

	printf("flush: %s\n", rd_kafka_err2name(result));
}

static void flush_and_catch(rd_kafka_t *rk, int timeout_ms)
{
	try {
		flush(rk, timeout_ms);
	} catch (const std::runtime_error &error) {
		printf("%s\n", error.what());
	}
}

static void flush_and_come_back(rd_kafka_t *rk)
{
	if (setjmp(back) == 0)
		flush(rk, 20000);
	else
		printf("jumped\n");
}

static void *flushes(void *rk)
{
	flush((rd_kafka_t *)rk, 20000);
	return NULL;
}

static void flush_in_a_thread(rd_kafka_t *rk)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, flushes, rk) != 0)
		exit(2);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	way = argc > 2 ? argv[2] : "throw";
	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_conf_set_error_cb(conf, went_wrong);
	rd_kafka_t *rk = host_producer(conf);

	send_orders(rk);
	if (is("jump") || is("jump_asks"))
		flush_and_come_back(rk);
	else if (is("thread"))
		flush_in_a_thread(rk);
	else
		flush_and_catch(rk, is("returns") ? 3000 : 20000);
	if (is("again"))
		flush_and_catch(rk, 20000);
	if (is("error_again"))
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 1500)));
	if (is("jump_asks"))
		printf("left: %d\n", rd_kafka_outq_len(rk));
	return 0;
}
