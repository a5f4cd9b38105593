/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_export.c - `unflushed export`: writes summaries of processes to a Kafka
 * topic.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "memory/memory.h"
#include "publish/publish.h"
#include "publish/client_settings.h"
#include "say/progress.h"
#include "say/say.h"

static const char *to_kafka, *config;
static struct option_list settings;
static struct option_list not_mine;
static struct choose_given choose_given;
static long wait_s = 30;

static const struct option_row rows[] = {
	{"to-kafka", 0, OPTION_STRING, "BROKERS/TOPIC",
	 "where to: HOST:PORT[,HOST:PORT...], and the topic", .into = &to_kafka},
	{"set", 'X', OPTION_LIST, "NAME=VALUE", "a setting of librdkafka's; may be repeated",
	 .into = &settings},
	{"config", 'F', OPTION_STRING, "FILE",
	 "such settings, a line each: a password on the command line is\n"
	 "seen by everybody on the machine",
	 .into = &config},
	{"wait", 0, OPTION_NUMBER, "SECONDS", "for a broker to take a message (30)",
	 .into = &wait_s, .least = 1, .most = 3600},
	NOT_MINE_OPTION(not_mine),
	CHOOSE_OPTIONS(choose_given),
	{0},
};

static const struct option_table table = {
	.command = "export",
	.operands = "TRACE|DIR|PID...",
	.purpose =
		"Publishes the summary of each process (as `report -f jsonl` prints it) as a\n"
		"message, by an idempotent producer, and waits until a broker has taken all of "
		"them.\n"
		"Exits with 1 if one is not there, with 3 when a trace could not be read.",
	.rows = rows,
	.operands_least = 1,
};

/* Splits "a:9092,b:9092/orders" at the last slash: the topic is behind it. False: a part is
 * missing. */
static bool place_split(char *place, const char **topic)
{
	char *slash = strrchr(place, '/');

	if (!slash || slash == place || !slash[1])
		return false;
	*slash = '\0';
	*topic = slash + 1;
	return true;
}

/* NULL: an error has been printed. */
static rd_kafka_conf_t *conf_make(const char *brokers)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[CLIENT_SETTINGS_WHY_BYTES];
	bool taken = true;

	rd_kafka_conf_set(conf, "client.id", "unflushed-export", NULL, 0);
	rd_kafka_conf_set(conf, "compression.type", "gzip", NULL, 0);
	if (config && !client_settings_read(conf, config, why)) {
		say("%s: %s", config, why);
		taken = false;
	}
	for (size_t i = 0; taken && i < settings.count; i++)
		if (!client_settings_take(conf, settings.items[i], why)) {
			say("--set: %s", why);
			taken = false;
		}
	rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
	if (taken)
		return conf;
	rd_kafka_conf_destroy(conf);
	return NULL;
}

static void told(size_t done, size_t all)
{
	progress_show("publishing", done, all);
}

static void print(void *to, struct run *run)
{
	publish_run(to, run);
}

static int publish_paths(struct publish *publish, const struct report_options *options)
{
	struct report_outcome outcome;

	if (!publish_begin(publish)) {
		say("cannot publish: %s", publish->why);
		return OPTIONS_USAGE;
	}
	int answer = report_paths(options, &outcome);

	publish_end(publish);
	progress_end();
	if (publish->delivered == publish->processes)
		say("%zu %s published to %s", publish->delivered,
		    publish->delivered == 1 ? "process is" : "processes are", publish->topic);
	else
		say("only %zu of %zu processes are published to %s: %s", publish->delivered,
		    publish->processes, publish->topic, publish->why);
	if (publish->delivered < publish->processes)
		return 1;
	return answer ? REPORT_UNREADABLE : 0;
}

int cmd_export(int argc, char **argv)
{
	struct publish publish = {0};
	struct choice choice;
	char why[CHOOSE_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!to_kafka)
		return arguments_refuse(&table, "where to? --to-kafka BROKERS/TOPIC");
	if (!report_choice(&choice, &choose_given, why))
		return arguments_refuse(&table, "%s", why);
	char *place = memory_text(to_kafka);

	if (!place_split(place, &publish.topic)) {
		free(place);
		return arguments_refuse(&table, "--to-kafka %s is not BROKERS/TOPIC", to_kafka);
	}
	publish.conf = conf_make(place);
	publish.told = told;
	publish.wait_ms = (int)wait_s * 1000;
	const struct report_options options = {
		.paths = (const char *const *)argv + first,
		.path_count = (size_t)(argc - first),
		.not_mine = not_mine,
		.choice = choice,
		.print = print,
		.to = &publish,
	};

	status = publish.conf ? publish_paths(&publish, &options) : OPTIONS_USAGE;
	free(place);
	return status;
}
