/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_broker.c - `unflushed broker`: an embedded broker until interrupted
 *
 * Prints its address on stdout, one line, as soon as clients can connect, and
 * nothing else, so that a script can read it.
 */
#include "cli/arguments.h"
#include "cli/broker_options.h"
#include "cli/commands.h"
#include "output/output.h"
#include "say/say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

static struct broker_given given = {.options = BROKER_DEFAULTS};

static void tell(const char *words)
{
	say("%s", words);
}
static long for_seconds = -1;

/* Aligned by hand. */
/* clang-format off */
static const struct option_row rows[] = {
	{ "for", 0, OPTION_NUMBER, "SECONDS", "end by itself after so many seconds",
	  &for_seconds, .least = 0, .most = 1000000000 },
	BROKER_OPTION_ROWS("", given),
	{ 0 },
};
/* clang-format on */

static const struct option_table table = {
	.command = "broker",
	.operands = "",
	.purpose =
		"Runs an embedded Kafka cluster (librdkafka's mock) on 127.0.0.1 until SIGINT "
		"or\n"
		"SIGTERM. Prints its bootstrap address on stdout. It keeps the last 5 MiB or\n"
		"100,000 batches of each partition in memory, and knows neither TLS nor SASL.\n"
		"It serves clients of librdkafka, and some others: unflushed(1) lists them. "
		"One "
		"that\n"
		"hangs up as it cannot be served is told on stderr; Java's is not served, and "
		"waits.",
	.rows = rows,
	.operands_most = -1,
};

/* Returns after SIGINT, SIGTERM or SIGHUP, or when the time is over. */
static void wait_for_end(const sigset_t *ends)
{
	const struct timespec limit = {.tv_sec = for_seconds};

	while (for_seconds >= 0 ? sigtimedwait(ends, NULL, &limit) < 0 && errno == EINTR
				: sigwaitinfo(ends, NULL) < 0)
		;
}

static int address_print(const struct broker *broker)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	fprintf(output.file, "%s\n", broker_bootstrap(broker));
	return output_end(&output, "the broker's address") ? 0 : 1;
}

int cmd_broker(int argc, char **argv)
{
	char why[256];
	sigset_t ends;
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!broker_given_check(&given, why, sizeof(why)))
		return arguments_refuse(&table, "%s", why);
	/* Blocked before the broker's threads start, because threads inherit the signal
	 * mask. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	given.options.tell = tell;
	struct broker *broker = broker_start(&given.options, why, sizeof(why));
	if (!broker) {
		say("cannot start the embedded broker: %s", why);
		return 1;
	}
	status = address_print(broker);
	if (status == 0)
		wait_for_end(&ends);
	broker_stop(broker);
	return status;
}
