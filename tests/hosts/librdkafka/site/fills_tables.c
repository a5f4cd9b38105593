/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fills_tables.c - produces from more places, to more names, than anybody would keep apart.
 *
 * sites    from 600 functions, each twice
 * strings  to 700 topics with names of 240 letters each
 * cells    40 threads, each from 3 functions to 20 topics
 * Then a flush, or none.
 * fills_tables BOOTSTRAP HOW flush|forget
 * links: rdkafka threads
 */
#include "host.h"

#include <pthread.h>
#include <string.h>

#define SITES 600
#define TOPICS 700
#define THREADS 40

static rd_kafka_t *rk;

static void send_order(const char *topic)
{
	if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE("order", 5),
			      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END))
		fprintf(stderr, "refused\n");
}

/* What stands behind the call keeps it from being a jump. */
#define SITE(n)                                                                                \
	static void site_##n(const char *topic)                                                \
	{                                                                                      \
		send_order(topic);                                                             \
		__asm__ volatile("");                                                          \
	}
#define NAME(n) site_##n,
/* clang-format off */
#define TEN(of, n) \
	of(n##0) of(n##1) of(n##2) of(n##3) of(n##4) of(n##5) of(n##6) of(n##7) of(n##8) of(n##9)
#define HUNDRED(of, n) \
	TEN(of, n##0) TEN(of, n##1) TEN(of, n##2) TEN(of, n##3) TEN(of, n##4) \
	TEN(of, n##5) TEN(of, n##6) TEN(of, n##7) TEN(of, n##8) TEN(of, n##9)
#define ALL(of) \
	HUNDRED(of, 1) HUNDRED(of, 2) HUNDRED(of, 3) HUNDRED(of, 4) HUNDRED(of, 5) HUNDRED(of, 6)
/* clang-format on */

ALL(SITE)

static void (*const sites[SITES])(const char *topic) = {ALL(NAME)};

static void from_sites(void)
{
	for (int i = 0; i < 2 * SITES; i++)
		sites[i % SITES](HOST_TOPIC);
}

static void to_names(void)
{
	char name[256];

	for (int i = 0; i < TOPICS; i++) {
		snprintf(name, sizeof(name), "%s-%0234d", HOST_TOPIC, i);
		send_order(name);
	}
}

static void *one_thread(void *unused)
{
	char name[32];

	(void)unused;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%s-%d", HOST_TOPIC, i);
		for (int site = 0; site < 3; site++)
			sites[site](name);
	}
	return NULL;
}

static void from_threads(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, one_thread, NULL))
			exit(2);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[2] : "sites";

	rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	if (strcmp(how, "strings") == 0)
		to_names();
	else if (strcmp(how, "cells") == 0)
		from_threads();
	else
		from_sites();
	if (argc > 3 && strcmp(argv[3], "flush") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 60000)));
	return 0;
}
