/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forks_in_flush.c - a delivery callback forks inside flush: the child comes back from a flush
 * that its parent called, has sent to a producer of its own, and never flushes that.
 *
 * forks_in_flush [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"
#include <sys/wait.h>

static const char *bootstrap;
static pid_t child = -1;
static rd_kafka_t *own; /* the child's */

static void send_order(rd_kafka_t *rk)
{
	rd_kafka_topic_t *orders = host_topic(rk);

	rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "order", 5, NULL,
			 0, NULL);
	rd_kafka_topic_destroy(orders);
}

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	rd_kafka_conf_t *conf;

	(void)rk, (void)message, (void)opaque;
	child = fork();
	if (child != 0)
		return;
	conf = host_conf(bootstrap);
	host_set(conf, "linger.ms", "1000"); /* so that it is there when flush returns */
	own = host_producer(conf);
	send_order(own);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf;
	rd_kafka_t *rk;
	int status = 0;

	bootstrap = host_bootstrap(argc, argv);
	conf = host_conf(bootstrap);
	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rk = host_producer(conf);
	send_order(rk);
	alarm(50); /* fork() leaves what another thread had locked */
	rd_kafka_flush(rk, 30000);
	if (child == 0) {
		host_nap(own, 2); /* the parent's, too */
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("child: %d\n", status);
	rd_kafka_destroy(rk);
	return 0;
}
