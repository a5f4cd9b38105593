/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlsym.c - takes every function of librdkafka with dlopen and dlsym.
 *
 * As P/Invoke, ruby-ffi or LuaJIT do: nothing is linked with librdkafka. With
 * several files, all are loaded first, and each gets COUNT messages and a
 * flush; the last one is not flushed with "forget".
 * dlsym BOOTSTRAP COUNT flush|forget FILE...
 * links: dl
 */
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct library {
	__typeof__(&rd_kafka_conf_new) conf_new;
	__typeof__(&rd_kafka_conf_set) conf_set;
	__typeof__(&rd_kafka_new) make;
	__typeof__(&rd_kafka_topic_new) topic_new;
	__typeof__(&rd_kafka_produce) produce;
	__typeof__(&rd_kafka_producev) producev;
	__typeof__(&rd_kafka_flush) flush;
	__typeof__(&rd_kafka_topic_destroy) topic_destroy;
	__typeof__(&rd_kafka_destroy) destroy;
	rd_kafka_t *rk;
	rd_kafka_topic_t *orders;
};

#define TAKE(field, name)                                                                      \
	if (!(*(void **)&library->field = dlsym(handle, #name)))                               \
	exit(3)

static void library_open(struct library *library, const char *file)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		fprintf(stderr, "%s\n", dlerror());
		exit(3);
	}
	TAKE(conf_new, rd_kafka_conf_new);
	TAKE(conf_set, rd_kafka_conf_set);
	TAKE(make, rd_kafka_new);
	TAKE(topic_new, rd_kafka_topic_new);
	TAKE(produce, rd_kafka_produce);
	TAKE(producev, rd_kafka_producev);
	TAKE(flush, rd_kafka_flush);
	TAKE(topic_destroy, rd_kafka_topic_destroy);
	TAKE(destroy, rd_kafka_destroy);
}

static void producer_make(struct library *library, const char *bootstrap)
{
	rd_kafka_conf_t *conf = library->conf_new();
	char why[256];

	library->conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof(why));
	library->rk = library->make(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (!library->rk)
		exit(2);
	library->orders = library->topic_new(library->rk, "stories", NULL);
}

static void send_order(struct library *library, int number)
{
	if (number % 2)
		library->produce(library->orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
				 &number, sizeof(number), NULL, 0, NULL);
	else
		library->producev(library->rk, RD_KAFKA_V_TOPIC("stories"),
				  RD_KAFKA_V_VALUE(&number, sizeof(number)),
				  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

int main(int argc, char **argv)
{
	static struct library library[4];
	int files = argc - 4, count = argc > 4 ? atoi(argv[2]) : 0;

	if (files < 1 || files > 4)
		return 2;
	for (int i = 0; i < files; i++)
		library_open(&library[i], argv[4 + i]);
	for (int i = files - 1; i >= 0; i--)
		producer_make(&library[i], argv[1]);
	for (int n = 0; n < count * files; n++)
		send_order(&library[n % files], n / files);
	for (int i = 0; i < files; i++) {
		if (i < files - 1 || strcmp(argv[3], "flush") == 0)
			printf("flush: %d\n", library[i].flush(library[i].rk, 30000));
		library[i].topic_destroy(library[i].orders);
		library[i].destroy(library[i].rk);
	}
	return 0;
}
