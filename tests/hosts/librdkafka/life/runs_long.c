/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runs_long.c - a daemon's life in short: for so many seconds it produces from threads that
 * come and go, opens and closes connections, and makes and destroys producers.
 *
 * links: rdkafka threads
 *
 * runs_long BOOTSTRAP SECONDS: prints {"produced": N, "delivered": N, "failed": N}
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "host.h"

static atomic_long produced, delivered, failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	atomic_fetch_add(message->err ? &failed : &delivered, 1);
}

static rd_kafka_t *make(const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	host_set(conf, "linger.ms", "5");
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	return host_producer(conf);
}

static void send_some(rd_kafka_t *rk, int count)
{
	char value[200];

	memset(value, 'x', sizeof value);
	for (int i = 0; i < count; i++) {
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
					 RD_KAFKA_V_VALUE(value, sizeof value),
					 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
					 RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
			rd_kafka_poll(rk, 10);
		atomic_fetch_add(&produced, 1);
	}
}

static void *one_thread(void *rk)
{
	send_some(rk, 20);
	return NULL;
}

static void threads_come_and_go(rd_kafka_t *rk)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, one_thread, rk))
			exit(2);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void connection_comes_and_goes(const char *bootstrap)
{
	const char *colon = strrchr(bootstrap, ':');
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	address.sin_port = htons((uint16_t)atoi(colon + 1));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address))
		exit(2);
	close(fd);
}

static void producer_comes_and_goes(const char *bootstrap)
{
	rd_kafka_t *rk = make(bootstrap);

	send_some(rk, 10);
	rd_kafka_flush(rk, 30000);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	const char *bootstrap = host_bootstrap(argc, argv);
	time_t until = time(NULL) + host_number(argc, argv, 2, 10);
	rd_kafka_t *rk = make(bootstrap);

	for (long turn = 0; time(NULL) < until; turn++) {
		send_some(rk, 50);
		threads_come_and_go(rk);
		connection_comes_and_goes(bootstrap);
		if (turn % 200 == 0)
			producer_comes_and_goes(bootstrap);
		rd_kafka_poll(rk, 10);
	}
	rd_kafka_flush(rk, 60000);
	printf("{\"produced\": %ld, \"delivered\": %ld, \"failed\": %ld}\n", produced,
	       delivered, failed);
	rd_kafka_destroy(rk);
	return 0;
}
