/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits_elsewhere.c - another thread than the one that produced takes the reports: the
 * application's own, that of a binding (imitated), or librdkafka's.
 *
 * waits_elsewhere BOOTSTRAP WAY [COUNT]; the ways are the rows at the end.
 * links: rdkafka threads
 */
#include "host.h"
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#define SLEEP_US 200000

static int count;
static rd_kafka_t *producer;
static rd_kafka_queue_t *queue;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int told;

static void tell(int reports)
{
	pthread_mutex_lock(&lock);
	told += reports;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static int told_by_now(void)
{
	pthread_mutex_lock(&lock);
	int now = told;

	pthread_mutex_unlock(&lock);
	return now;
}

static void await_reports(void)
{
	pthread_mutex_lock(&lock);
	while (told < count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	tell(1);
}

static void event_taken(rd_kafka_t *rk, rd_kafka_event_t *event, void *opaque)
{
	(void)rk, (void)opaque;
	if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
		tell((int)rd_kafka_event_message_count(event));
	if (event)
		rd_kafka_event_destroy(event);
}

static void send_orders(void)
{
	for (int i = 0; i < count; i++)
		while (rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(HOST_TOPIC),
					 RD_KAFKA_V_VALUE((void *)"order", 5), RD_KAFKA_V_END))
			usleep(1000);
}

/* --- threads ---------------------------------------------------------------------- */

static void *polls(void *unused)
{
	while (told_by_now() < count)
		rd_kafka_poll(producer, 100);
	return unused;
}

static void *takes_events(void *unused)
{
	while (told_by_now() < count)
		event_taken(producer, rd_kafka_queue_poll(queue, 100), NULL);
	return unused;
}

static void *produces(void *unused)
{
	send_orders();
	return unused;
}

static void *waits_until_empty(void *unused)
{
	while (rd_kafka_outq_len(producer) > 0)
		usleep(10000);
	return unused;
}

static pthread_t start(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL) != 0)
		exit(2);
	return thread;
}

/* --- what main does ----------------------------------------------------------------- */

static void poller_joined(void)
{
	pthread_t thread = start(polls);

	send_orders();
	pthread_join(thread, NULL);
}

static void poller_signals(void)
{
	start(polls);
	send_orders();
	await_reports();
}

static void poller_forgotten(void)
{
	start(polls);
	send_orders();
	usleep(SLEEP_US);
}

static void events_joined(void)
{
	pthread_t thread = start(takes_events);

	send_orders();
	pthread_join(thread, NULL);
}

/* Go's Flush asks for the length on whatever thread its goroutine is on; its poller takes
 * the events. */
static void events_until_empty(void)
{
	start(takes_events);
	send_orders();
	pthread_join(start(waits_until_empty), NULL);
}

static void events_await(void)
{
	start(takes_events);
	send_orders();
	await_reports();
}

static void events_forgotten(void)
{
	start(takes_events);
	send_orders();
	usleep(SLEEP_US);
}

/* As node-rdkafka does by a timer, on the thread that produces. */
static void timer_until_told(void)
{
	send_orders();
	while (told_by_now() < count) {
		rd_kafka_poll(producer, 0);
		usleep(1000);
	}
}

static void timer_forgotten(void)
{
	send_orders();
	for (int i = 0; i < SLEEP_US / 10000; i++) {
		rd_kafka_poll(producer, 0);
		usleep(10000);
	}
}

static void await(void)
{
	send_orders();
	await_reports();
}

static void background(void)
{
	rd_kafka_queue_forward(queue, rd_kafka_queue_get_background(producer));
	await();
}

/* Another thread produces; the one that ends the process waits. */
static void main_counts(void)
{
	pthread_join(start(produces), NULL);
	while (told_by_now() < count)
		rd_kafka_poll(producer, 100);
}

static void main_until_empty(void)
{
	pthread_join(start(produces), NULL);
	while (rd_kafka_outq_len(producer) > 0)
		rd_kafka_poll(producer, 100);
}

/* --- all of them ------------------------------------------------------------------ */

static const struct way {
	const char *name;
	enum { BY_CALLBACK, BY_NODES_CALLBACK, BY_EVENTS, BY_BACKGROUND_EVENTS } reports;
	const char *binding; /* what it says of itself in the configuration */
	void (*run)(void);
} ways[] = {
	{"poller_joined", BY_CALLBACK, NULL, poller_joined},
	{"poller_signals", BY_CALLBACK, NULL, poller_signals},
	{"poller_forgotten", BY_CALLBACK, NULL, poller_forgotten},
	{"events_joined", BY_EVENTS, NULL, events_joined},
	{"main_counts", BY_CALLBACK, NULL, main_counts},
	{"main_until_empty", BY_CALLBACK, NULL, main_until_empty},
	{"background_events", BY_BACKGROUND_EVENTS, NULL, background},
	{"background_callback", BY_CALLBACK, NULL, background},
	{"go_flush", BY_EVENTS, "confluent-kafka-go", events_until_empty},
	{"go_await", BY_EVENTS, "confluent-kafka-go", events_await},
	{"go_forgets", BY_EVENTS, "confluent-kafka-go", events_forgotten},
	{"node_await", BY_NODES_CALLBACK, NULL, timer_until_told},
	{"node_forgets", BY_NODES_CALLBACK, NULL, timer_forgotten},
};

static const struct way *way_of(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	fprintf(stderr, "no way is called '%s'\n", name);
	exit(2);
}

typedef void report_fn(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

/* The callback of tests/hosts/modules/node_report.c, which is built under node's name. */
static report_fn *nodes_callback(void)
{
	char path[PATH_MAX];
	ssize_t bytes = readlink("/proc/self/exe", path, sizeof(path) - 64);
	report_fn *found = NULL;
	void (**tells)(int reports);
	void *module;

	if (bytes <= 0)
		exit(2);
	path[bytes] = '\0';
	strcpy(strrchr(path, '/'), "/../modules/node-librdkafka.node");
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	tells = dlsym(module, "node_tells");
	*tells = tell;
	*(void **)&found = dlsym(module, "node_report");
	return found;
}

static rd_kafka_conf_t *conf_of(const struct way *way, const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	if (way->binding)
		host_set(conf, "client.software.name", way->binding);
	if (way->reports == BY_CALLBACK)
		rd_kafka_conf_set_dr_msg_cb(conf, reported);
	if (way->reports == BY_NODES_CALLBACK)
		rd_kafka_conf_set_dr_msg_cb(conf, nodes_callback());
	if (way->reports == BY_EVENTS || way->reports == BY_BACKGROUND_EVENTS)
		rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	if (way->reports == BY_BACKGROUND_EVENTS)
		rd_kafka_conf_set_background_event_cb(conf, event_taken);
	return conf;
}

int main(int argc, char **argv)
{
	const struct way *way = way_of(argc > 2 ? argv[2] : "poller_joined");

	count = host_number(argc, argv, 3, 20);
	producer = host_producer(conf_of(way, host_bootstrap(argc, argv)));
	queue = rd_kafka_queue_get_main(producer);
	way->run();
	return 0;
}
