/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forks_while_unwinding.c - threads produce from many places while main
 * forks; each child makes a producer of its own and produces from five.
 *
 * Nothing is sent: no broker is there. A child that is not done in ten
 * seconds hangs.
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORKS 400
#define SECONDS 20

static rd_kafka_t *producer;

#define PLACE(number)                                                                          \
	static void place_##number(void)                                                       \
	{                                                                                      \
		rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(HOST_TOPIC),                      \
				  RD_KAFKA_V_VALUE("x", 1),                                    \
				  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);   \
	}
/* clang-format off */
PLACE(0) PLACE(1) PLACE(2) PLACE(3) PLACE(4) PLACE(5) PLACE(6) PLACE(7) PLACE(8) PLACE(9)

static void (*const places[])(void) = {place_0, place_1, place_2, place_3, place_4,
				       place_5, place_6, place_7, place_8, place_9};
/* clang-format on */

static rd_kafka_t *producer_alone(void)
{
	rd_kafka_conf_t *conf = host_conf("127.0.0.1:1");

	host_set(conf, "log_level", "0");
	host_set(conf, "queue.buffering.max.messages", "1000");
	return host_producer(conf);
}

static void *produce_on(void *unused)
{
	for (unsigned i = 0;; i++)
		places[i % 10]();
	return unused;
}

static void child_run(void)
{
	producer = producer_alone();
	for (int i = 0; i < 5; i++)
		places[i]();
	_exit(0);
}

/* True when it had to be ended. */
static int child_hangs(pid_t child)
{
	struct timespec pause = {0, 1000000};
	int status;

	for (int i = 0; i < 10000; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status != 0;
		nanosleep(&pause, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return 1;
}

int main(void)
{
	time_t until = time(NULL) + SECONDS;
	pthread_t thread;
	int hung = 0;

	producer = producer_alone();
	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, produce_on, NULL);
	for (int i = 0; i < FORKS && !hung && time(NULL) < until; i++) {
		pid_t child = fork();

		if (child == 0)
			child_run();
		hung = child_hangs(child);
	}
	printf("hung: %d\n", hung);
	fflush(stdout);
	_exit(0);
}
