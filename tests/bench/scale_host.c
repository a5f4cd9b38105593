/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scale_host.c - a program with as many connections, topics or call sites as it is told.
 *
 * Each of COUNT is used ROUNDS times, in turns; with a COUNT of 0 the program only starts.
 * Connections: 64 bytes are sent on each, over the loopback, to a child. Topics and
 * sites: a message of 100 bytes is produced, while nobody listens at the broker's address;
 * sites are as many stacks of the same depth, each of other calls. scale_host
 * connections|topics|sites COUNT ROUNDS links: rdkafka
 */
#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY "127.0.0.1:1"
#define LEVELS 14 /* of two calls each: 16,384 stacks */

static int count, rounds;
static int *fds;
static rd_kafka_topic_t **topics;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		fail("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		fail("setrlimit");
}

/* In a child, for one process may not have the descriptors of both ends. */
static void accept_all(int listener)
{
	char bytes[4096];
	int fd = -1;

	for (int i = 0; i < count; i++)
		if ((fd = accept(listener, NULL, NULL)) < 0)
			fail("accept");
	while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
		;
	_exit(0);
}

static void use_connections(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char bytes[64] = "0123456789";

	allow_descriptors();
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, length) != 0 ||
	    listen(listener, 4096) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0)
		fail("listen");
	if (fork() == 0)
		accept_all(listener);
	for (int i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)&address, length) != 0)
			fail("connect");
	}
	for (int i = 0; i < count * rounds; i++)
		if (send(fds[i % count], bytes, sizeof(bytes), 0) != sizeof(bytes))
			fail("send");
	for (int i = 0; i < count; i++)
		close(fds[i]);
	wait(NULL); /* it writes what it was measured as into the same file, before us */
}

static rd_kafka_t *producer(const char *broker)
{
	const char *const settings[][2] = {
		{"bootstrap.servers", broker},
		{"queue.buffering.max.messages", "10000000"},
		{"message.timeout.ms", "0"},
		{"log_level", "0"},
	};
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof(why)))
			exit(2);
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

static void produce(rd_kafka_topic_t *topic)
{
	char message[100] = "0123456789";

	if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message,
			     sizeof(message), NULL, 0, NULL)) {
		fprintf(stderr, "scale_host: a message was refused\n");
		exit(1);
	}
}

/* Which of the two calls it is that a level makes, a bit of `way` says; the last level's is the
 * lowest bit. */
static __attribute__((noinline)) void produce_by(unsigned way, int levels)
{
	if (levels == 0) {
		produce(topics[0]);
	} else if (way >> (levels - 1) & 1) {
		produce_by(way, levels - 1);
		__asm__ volatile("# one"); /* or both would be the same call, and a jump */
	} else {
		produce_by(way, levels - 1);
		__asm__ volatile("# other");
	}
}

static void use_topics(void)
{
	rd_kafka_t *rk = producer(NOBODY);
	char name[32];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "topic-%d", i);
		topics[i] = rd_kafka_topic_new(rk, name, NULL);
	}
	for (int i = 0; i < count * rounds; i++)
		produce(topics[i % count]);
}

static void use_sites(void)
{
	topics[0] = rd_kafka_topic_new(producer(NOBODY), "bench", NULL);
	for (int i = 0; i < count * rounds; i++)
		produce_by((unsigned)(i % count), LEVELS);
}

/* Says a line when its messages are delivered, and is there until it is killed. */
static void stay(const char *broker, int messages)
{
	rd_kafka_t *rk = producer(broker);
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, "bench", NULL);

	for (int i = 0; i < messages; i++)
		produce(topic);
	if (rd_kafka_flush(rk, 60000)) {
		fprintf(stderr, "scale_host: not delivered within 60 s\n");
		exit(1);
	}
	puts("delivered");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "stay") == 0)
		stay(argv[2], atoi(argv[3]));
	count = argc > 3 ? atoi(argv[2]) : -1;
	rounds = argc > 3 ? atoi(argv[3]) : 0;
	if (count < 0 || count > 1 << LEVELS) {
		fprintf(stderr, "usage: scale_host connections|topics|sites COUNT ROUNDS, or "
				"stay BROKER MESSAGES\n");
		return 2;
	}
	fds = calloc((size_t)count + 1, sizeof(*fds));
	topics = calloc((size_t)count + 1, sizeof(*topics));
	if (!fds || !topics)
		return 2;
	if (strcmp(argv[1], "connections") == 0)
		use_connections();
	else if (strcmp(argv[1], "topics") == 0)
		use_topics();
	else if (strcmp(argv[1], "sites") == 0)
		use_sites();
	else
		return 2;
	fflush(stdout);
	_Exit(0); /* freeing what was queued is not what is measured */
}
