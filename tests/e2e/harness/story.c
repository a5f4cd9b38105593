/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.c - runs a host alone and then under the shim, and checks what must
 * hold for both.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* No process listens there, and none can: the port is privileged and reserved. */
#define DEAD_ADDRESS "127.0.0.1:1"

struct story story_of(const char *host)
{
	return (struct story){.host = host};
}

static char *host_command(const struct story *story, const char *arguments)
{
	const char *dot = strrchr(story->host, '.');
	char *command;
	int length;

	if (dot && strcmp(dot, ".py") == 0)
		length = asprintf(&command, "/usr/bin/python3 %s/python/%s %s",
				  PATH_HOST_SOURCES, story->host, arguments);
	else if (story->host[0] == '/')
		length = asprintf(&command, "%s %s", story->host, arguments);
	else
		length = asprintf(&command, "%s/%s %s", PATH_HOSTS, story->host, arguments);
	assert_true(length > 0);
	return command;
}

/* One run, with a broker of its own. */
static struct ended tell(struct story *story, const char *command, int64_t *arrived)
{
	struct broker *broker = NULL;
	struct fake *fake = NULL;
	const char *address = DEAD_ADDRESS;
	struct ended ended;

	if (story->fake) {
		fake = fake_start(story->fake);
		address = fake_address(fake);
	} else if (story->tls) {
		fake = fake_start_tls(story->tls);
		address = fake_address(fake);
	} else if (story->sink) {
		fake = fake_start_as(story->sink_as ? story->sink_as : "sink", story->sink);
		address = fake_address(fake);
	} else if (!story->dead_broker && !story->needs_no_broker) {
		broker = broker_start();
		broker_rtt(broker, story->rtt_ms);
		address = broker_address(broker);
	}
	ended = program_run(command, address);
	*arrived = 0;
	if (fake) {
		json_decref(story->truth);
		story->truth = fake_stop(fake);
		*arrived = json_number(story->truth, story->sink ? "received" : "records");
	}
	if (broker) {
		*arrived = broker_messages(broker);
		broker_stop(broker);
	}
	return ended;
}

static void tell_again(struct story *story, const char *command, struct ended *ended,
		       int64_t *arrived)
{
	ended_free(ended);
	*ended = tell(story, command, arrived);
}

static json_t *summary_load(const char *path, const char *stderr_text)
{
	json_error_t error;
	json_t *summary = json_load_file(path, 0, &error);

	if (!summary)
		fail_msg("no summary: %s, line %d; stderr: %s", error.text, error.line,
			 stderr_text);
	return summary;
}

static void host_law_assert(const struct story *story, const char *command)
{
	if (story->plain.status != story->watched.status)
		fail_msg("'%s': status %#x alone, %#x under the shim; stderr: %s", command,
			 story->plain.status, story->watched.status, story->watched.err);
	if (story->output_varies)
		return;
	assert_string_equal(story->plain.out, story->watched.out);
	assert_string_equal(story->plain.err, story->watched.err);
}

void story_tell(struct story *story, const char *arguments, ...)
{
	char *summary_path = scratch_name(".json");
	char *filled, *command, *watched;
	int64_t ignored;
	va_list list;

	va_start(list, arguments);
	assert_true(vasprintf(&filled, arguments, list) >= 0);
	va_end(list);
	command = host_command(story, filled);
	assert_true(asprintf(&watched, "%s run --quiet --format json --output %s %s -- %s",
			     PATH_TOOL, summary_path, story->options ? story->options : "",
			     command) > 0);
	story->plain = tell(story, command, &ignored);
	story->watched = tell(story, watched, &story->arrived);
	/* Where both died of it they were meant to. */
	for (int i = 0; story->plain.status != story->watched.status; i++) {
		if (crashed_by_itself(&story->plain, i))
			tell_again(story, command, &story->plain, &ignored);
		else if (crashed_by_itself(&story->watched, i))
			tell_again(story, watched, &story->watched, &story->arrived);
		else
			break;
	}
	host_law_assert(story, command);
	story->summary = summary_load(summary_path, story->watched.err);
	law_assert(story->summary);
	advice_assert(story->summary);
	if (!story->sink)
		headline_assert(story->summary, story->arrived);
	unlink(summary_path);
	free(summary_path);
	free(filled);
	free(command);
	free(watched);
}

void story_end(struct story *story)
{
	ended_free(&story->plain);
	ended_free(&story->watched);
	json_decref(story->summary);
	json_decref(story->truth);
	story->summary = story->truth = NULL;
}

const char *story_verdict(const struct story *story)
{
	return json_text(story->summary, "verdict");
}

bool story_has(const struct story *story, const char *finding)
{
	json_t *processes = json_object_get(story->summary, "processes");
	json_t *process, *row;
	size_t i, j;

	json_array_foreach(processes, i, process) json_array_foreach(
		json_object_get(process, "findings"), j,
		row) if (strcmp(json_text(row, "id"), finding) == 0) return true;
	return false;
}

static void say_findings(const struct story *story)
{
	char *text = json_dumps(story->summary, JSON_INDENT(1));

	print_error("%s\n", text);
	free(text);
}

void story_expect(const struct story *story, const char *verdict, const char *finding)
{
	if (strcmp(story_verdict(story), verdict) != 0) {
		say_findings(story);
		fail_msg("%s: '%s', expected '%s'", story->host, story_verdict(story), verdict);
	}
	if (finding && !story_has(story, finding)) {
		say_findings(story);
		fail_msg("%s: no finding '%s'", story->host, finding);
	}
}

int64_t story_count(const struct story *story, const char *what)
{
	json_t *process, *producer;
	int64_t sum = 0;
	size_t i, j;

	json_array_foreach(json_object_get(story->summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "producers"), j, producer)
	{
		json_t *messages = json_object_get(producer, "messages");
		json_t *number = json_object_get(messages, what);

		assert_non_null(number);
		if (json_is_null(number))
			return UNKNOWN_NUMBER;
		sum += json_integer_value(number);
	}
	return sum;
}

void story_expect_truth(const struct story *story)
{
	int64_t delivered = story_count(story, "delivered");
	int64_t in_flight = story_count(story, "in_flight");
	int64_t most =
		delivered + story_count(story, "unconfirmed") + story_count(story, "failed");

	/* What died in the client's memory arrived nowhere; what was in flight may have. */
	most += in_flight == UNKNOWN_NUMBER ? story_count(story, "outstanding") : in_flight;
	if (delivered > story->arrived || story->arrived > most) {
		say_findings(story);
		fail_msg("%s: %lld arrived, but delivered %lld, at most %lld", story->host,
			 (long long)story->arrived, (long long)delivered, (long long)most);
	}
}
