/* SPDX-License-Identifier: Apache-2.0 */
/*
 * descriptors.c - says which descriptors are open and what errno is, as it goes.
 *
 * Nothing that another library does in this process may change a line.
 * descriptors [BOOTSTRAP]
 * links: rdkafka threads
 */
#include "host.h"
#include "peer.h"
#include <dirent.h>
#include <errno.h>

static void say_descriptors(const char *when)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			count++;
	closedir(directory);
	printf("%s: %d descriptors\n", when, count);
}

static void say_errno(const char *step, long result)
{
	printf("%s: %ld, errno %d\n", step, result, errno);
	errno = 4711;
}

static void use_sockets(void)
{
	struct peer peer = {0};
	struct sockaddr_in nobody = {.sin_family = AF_INET};
	int fd;

	peer_start(&peer, 0);
	fd = peer_connect(&peer, 0);
	errno = 4711;
	say_errno("send", send(fd, "hello", 5, 0));
	say_errno("send nothing", send(fd, "", 0, 0));
	say_errno("recv", recv(fd, &(char){0}, 1, MSG_DONTWAIT));
	say_errno("setsockopt",
		  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){65536}, sizeof(int)));
	say_errno("bad setsockopt", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, NULL, sizeof(int)));
	say_errno("shutdown", shutdown(fd, SHUT_WR));
	say_errno("send after shutdown", send(fd, "x", 1, MSG_NOSIGNAL));
	say_errno("close", close(fd));
	say_errno("send after close", send(fd, "x", 1, MSG_NOSIGNAL));
	say_errno("close of nothing", close(-1));
	peer_wait(&peer);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	nobody.sin_port = htons(1);
	errno = 4711;
	say_errno("refused connect", connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)));
	say_errno("close", close(fd));
}

static void use_kafka(const char *bootstrap)
{
	rd_kafka_t *rk = host_producer(host_conf(bootstrap));
	rd_kafka_topic_t *orders = host_topic(rk);

	errno = 4711;
	say_errno("produce", rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA,
					      RD_KAFKA_MSG_F_COPY, "value", 5, NULL, 0, NULL));
	rd_kafka_flush(rk, 30000);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	say_descriptors("at the start");
	use_sockets();
	say_descriptors("after sockets");
	use_kafka(host_bootstrap(argc, argv));
	say_descriptors("after Kafka");
	return 0;
}
