/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaves_callback.cpp - a delivery callback that does not return, and a producer after it.
 *
 * The first producer's callback throws through librdkafka, or jumps over it;
 * that producer is given up. The second, on the same thread, does all right.
 * leaves_callback [BOOTSTRAP] throw|jump
 * links: rdkafka
 */
#include "host.h"
#include <setjmp.h>
#include <stdexcept>
#include <string.h>

static jmp_buf back;
static bool jumps, left;

static void does_not_return(rd_kafka_t *, const rd_kafka_message_t *, void *)
{
	if (left)
		return;
	left = true;
	if (jumps)
		longjmp(back, 1);
	throw std::runtime_error("thrown");
}

static void send_orders(rd_kafka_t *rk)
{
	for (int i = 0; i < 10; i++)
		if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				      RD_KAFKA_V_VALUE((void *)"order", 5),
				      RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
			printf("refused\n");
}

static void poll_thrown(rd_kafka_t *rk)
{
	try {
		while (!left)
			rd_kafka_poll(rk, 100);
	} catch (const std::runtime_error &error) {
		printf("%s\n", error.what());
	}
}

static void poll_jumped(rd_kafka_t *rk)
{
	if (setjmp(back) == 0)
		while (!left)
			rd_kafka_poll(rk, 100);
	else
		printf("jumped\n");
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	jumps = argc > 2 && strcmp(argv[2], "jump") == 0;
	rd_kafka_conf_set_dr_msg_cb(conf, does_not_return);
	rd_kafka_t *given_up = host_producer(conf);

	send_orders(given_up);
	jumps ? poll_jumped(given_up) : poll_thrown(given_up);

	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));

	send_orders(rk);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_destroy(rk);
	return 0;
}
