/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advice.c - compares the advice in a summary with the rest of the summary.
 *
 * Every story calls this, so that advice that contradicts the facts makes its
 * test fail, whatever the story is about. To add a rule: a phrase of a
 * `change`, and what must hold for its finding; tests/unit/judge/test_advice.c
 * has the same rules, for the words of every client.
 */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct about {
	json_t *process, *finding;
	json_t *producer, *socket; /* NULL: it is about none */
};

static int64_t number(json_t *root, const char *path, int64_t unknown)
{
	json_t *value = root ? json_path(root, path) : NULL;

	return json_is_integer(value) ? json_integer_value(value) : unknown;
}

static const char *text(json_t *root, const char *path)
{
	const char *value = root ? json_string_value(json_path(root, path)) : NULL;

	return value ? value : "";
}

static json_t *finding_of(const struct about *about, const char *id)
{
	json_t *finding, *producer = json_object_get(about->finding, "producer");
	size_t i;

	json_array_foreach(json_object_get(about->process, "findings"), i, finding)
	{
		if (strcmp(text(finding, "id"), id) == 0 &&
		    json_equal(json_object_get(finding, "producer"), producer))
			return finding;
	}
	return NULL;
}

static bool has(const struct about *about, const char *id)
{
	return finding_of(about, id) != NULL;
}

/* Said as the cause of what is missing. */
static bool nobody_listens(const struct about *about)
{
	json_t *finding = finding_of(about, "broker-unreachable");

	return finding && strcmp(text(finding, "verdict"), "clean") != 0;
}

static bool is_to_wait(const struct about *about)
{
	return !nobody_listens(about);
}

/* No flush was there, or it was not the last word: one that gave up, was left, or under way
 * is a finding of its own. */
static bool is_to_flush(const struct about *about)
{
	/* To call it again is this one's own advice. */
	if (strcmp(text(about->finding, "id"), "flush-interrupted") == 0)
		return is_to_wait(about);
	return is_to_wait(about) && !has(about, "flush-timeout") &&
	       !has(about, "ended-in-flush") && !has(about, "flush-interrupted");
}

static bool never_flushed(const struct about *about)
{
	return number(about->producer, "flush.calls", 0) == 0;
}

static bool has_flushed(const struct about *about)
{
	return number(about->producer, "flush.calls", 1) > 0;
}

static bool acks_may_be_0(const struct about *about)
{
	return number(about->producer, "acks", 0) == 0;
}

static bool died_of(const struct about *about, int signal)
{
	return strcmp(text(about->process, "end.how"), "signal") == 0 &&
	       number(about->process, "end.signal", 0) == signal;
}

static bool of_sigterm(const struct about *about)
{
	return died_of(about, SIGTERM);
}

static bool of_sigint(const struct about *about)
{
	return died_of(about, SIGINT);
}

static bool of_a_signal(const struct about *about)
{
	return strcmp(text(about->process, "end.how"), "signal") == 0 &&
	       !died_of(about, SIGKILL) && !died_of(about, SIGSEGV) &&
	       !died_of(about, SIGABRT) && !died_of(about, SIGBUS);
}

static bool stalled_by_the_buffer(const struct about *about)
{
	return number(about->socket, "stalls.send_buffer_ns", 0) > 0;
}

static bool set_by_the_program(const struct about *about)
{
	return json_is_false(json_path(about->socket, "send_buffer.autotuned"));
}

static bool has_a_timeout(const struct about *about)
{
	return number(about->socket, "settings.user_timeout_ns", -1) >= 0;
}

static bool is_librdkafka(const struct about *about)
{
	const char *client = text(about->producer, "client");

	return *client == '\0' || strcmp(client, "librdkafka") == 0;
}

static bool is_python(const struct about *about)
{
	return strstr(text(about->process, "exe"), "python") != NULL;
}

static bool is_java(const struct about *about)
{
	return strcmp(text(about->producer, "client"), "kafka-clients") == 0 ||
	       strstr(text(about->process, "exe"), "java") != NULL;
}

static const struct rule {
	const char *finding, *phrase;
	bool (*holds)(const struct about *about);
} rules[] = {
	{NULL, "call rd_kafka_flush()", is_to_flush},
	{NULL, "call producer.flush()", is_to_flush},
	{NULL, "call producer->flush(10000)", is_to_flush},
	{NULL, "call producer.flush(Duration)", is_to_flush},
	{NULL, "call p.Flush(10000)", is_to_flush},
	{NULL, "flush after the last message", is_to_flush},
	{NULL, "flush (read every answer)", is_to_flush},
	{NULL, "flush or close the producer", is_to_flush},
	{NULL, "close the producer with a timeout", is_to_flush},
	{"cut-frame", "close", is_to_flush},
	{"cut-frame", "stop", is_to_flush},
	{NULL, "the time it needs", is_to_wait},
	{NULL, "its timeout", is_to_wait},
	{NULL, "what flush returns", has_flushed},
	{NULL, "what producer.flush() returns", has_flushed},
	{NULL, "acks=1 or", acks_may_be_0},
	{NULL, "SIGTERM", of_sigterm},
	{NULL, "SIGINT", of_sigint},
	{NULL, "handle SIG", of_a_signal},
	{"send-buffer-stall", "SO_SNDBUF", stalled_by_the_buffer},
	{"send-buffer-stall", "leave SO_SNDBUF", set_by_the_program},
	{NULL, "raise TCP_USER_TIMEOUT", has_a_timeout},
	{NULL, "rd_kafka_", is_librdkafka},
	{NULL, "in a finally:", is_python},
	{NULL, "signal.signal", is_python},
	{NULL, "os.exec", is_python},
	{NULL, "Runtime.", is_java},
	{NULL, "Future", is_java},
};

static const char *contradiction(const struct about *about)
{
	const char *change = text(about->finding, "change");
	const char *id = text(about->finding, "id");

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if ((!rules[i].finding || strcmp(rules[i].finding, id) == 0) &&
		    strstr(change, rules[i].phrase) && !rules[i].holds(about))
			return rules[i].phrase;
	if (strstr(text(about->finding, "text"), "it never called flush") &&
	    !never_flushed(about))
		return "it never called flush";
	return NULL;
}

static json_t *row_of(const struct about *about, const char *table, const char *index)
{
	json_t *row = json_object_get(about->finding, index);

	return json_is_integer(row) ? json_array_get(json_object_get(about->process, table),
						     (size_t)json_integer_value(row))
				    : NULL;
}

const char *advice_wrong(json_t *summary)
{
	json_t *process, *finding;
	size_t i, j;

	json_array_foreach(json_object_get(summary, "processes"), i, process)
		json_array_foreach(json_object_get(process, "findings"), j, finding)
	{
		struct about about = {.process = process, .finding = finding};

		about.producer = row_of(&about, "producers", "producer");
		about.socket = row_of(&about, "sockets", "socket");
		const char *wrong = contradiction(&about);
		if (wrong)
			return wrong;
	}
	return NULL;
}

void advice_assert(json_t *summary)
{
	const char *wrong = advice_wrong(summary);

	if (!wrong)
		return;
	char *all = json_dumps(summary, JSON_INDENT(1));

	print_error("%s\n", all);
	free(all);
	fail_msg("advice that contradicts what was seen: '%s'", wrong);
}
