/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stops_between.c - stops itself, makes one call, and stops itself again.
 *
 * Whoever debugs it can stop it at any instruction in between. Before, it has produced ten
 * messages and waited for them; the call is
 * first     none before: the first message is produced
 * produce   one more is produced, and stays in the queue
 * refused   one is too large
 * request   one more is produced, and is sent at once (by another thread)
 * report    the report of one that has arrived is taken
 * flush     the same, by a flush
 * exit      exit(), with one in the queue
 * Without a client, a Produce request of 100 kB:
 * connect   the connection is made
 * send      all of it is written; half: its first half; rest: its second half
 * close     the connection is closed when it has been written
 * stops_between HOW HOST:PORT
 * links: rdkafka
 */
#include <signal.h>
#include <string.h>

#include "frame.h"
#include "host.h"

#define BEFORE 10

static const char *how;
static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;

static int is(const char *what)
{
	return strcmp(how, what) == 0;
}

static void stop_here(void)
{
	raise(SIGSTOP);
}

static void on_report(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
	(void)handle;
	(void)message;
	(void)opaque;
}

static char order[2000];

/* One place for all of them: a new one would be looked up in the middle of it. */
static void send_order(size_t size)
{
	rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, order, size, NULL,
			 0, NULL);
}

static void call_client(void)
{
	if (is("report"))
		rd_kafka_poll(rk, 0);
	else if (is("flush"))
		rd_kafka_flush(rk, 30000);
	else if (is("exit"))
		exit(0);
	else
		send_order(is("refused") ? sizeof order : 100);
}

static void with_client(const char *address)
{
	rd_kafka_conf_t *conf = host_conf(address);

	/* The longest there is: a call that is gone through step by step takes a minute, or
	 * more. A flush does not wait for it. */
	host_set(conf, "linger.ms",
		 is("produce") || is("first") || is("exit") ? "900000" : "0");
	host_set(conf, "message.timeout.ms", "1000000"); /* must be more than that */
	host_set(conf, "message.max.bytes", "1000");
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < BEFORE && !is("first"); i++)
		send_order(100);
	rd_kafka_flush(rk, 30000);
	if (is("report") || is("flush") || is("exit"))
		send_order(100);
	if (is("report") || is("flush"))
		host_nap(rk, BEFORE + 1);
	stop_here();
	call_client();
	stop_here();
}

static void with_connection(char *address)
{
	size_t size = frame_make(1), half = size / 2;

	if (is("connect"))
		stop_here();
	int fd = frame_connect(address, 0);

	if (is("rest"))
		send(fd, frame, half, 0);
	if (is("close"))
		send(fd, frame, size, 0);
	if (!is("connect"))
		stop_here();
	if (is("send") || is("half"))
		send(fd, frame, is("half") ? half : size, 0);
	if (is("rest"))
		send(fd, frame + half, size - half, 0);
	if (is("close"))
		close(fd);
	stop_here();
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	how = argv[1];
	if (is("connect") || is("send") || is("half") || is("rest") || is("close"))
		with_connection(argv[2]);
	else
		with_client(argv[2]);
	return 0;
}
