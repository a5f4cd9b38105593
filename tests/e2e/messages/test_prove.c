/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prove.c - `run --prove`: every way of waiting, and of not waiting, while
 * answers are withheld.
 *
 * Each row is one host, which is run ten times and has the same verdict every
 * time: what depends on luck without --prove (test_waiting.c) does not with it.
 * The stories below are about things that one embedded broker cannot show.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 10
#define WORKERS 20
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define SECOND INT64_C(1000000000)

static const struct row {
	const char *host, *way;
	int rtt_ms;
	const char *verdict; /* those that may come: one, where no race decides */
	const char *finding; /* of the first; NULL: any, or none */
	const char *by;	     /* how a withheld answer was let through, at least once */
} rows[] = {
	/* Right, and it shows: a call that waits has the answers at once. */
	{"waits_itself", "flush", 0, "clean", NULL, NULL},
	{"waits_itself", "commit_begin", 0, "clean", NULL, NULL},
	{"outlasts", "one_by_one", 0, "clean", NULL, NULL},
	{"outlasts", "flushes_in_a_loop", 0, "clean", NULL, NULL},
	{"outlasts", "consumes_beside", 0, "clean", NULL, "by_wait"},
	/* Waits by polling: continues until the answers come. */
	{"waits_itself", "count_100", 0, "clean", NULL, "by_time"},
	{"waits_itself", "count_1000", 400, "clean", NULL, "by_time"},
	{"waits_itself", "outq", 0, "clean", NULL, "by_time"},
	{"waits_itself", "outq_unreported", 0, "clean", NULL, "by_time"},
	{"waits_itself", "exits_in_callback", 0, "clean", NULL, "by_time"},
	{"waits_itself", "events", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "main_counts", 0, "clean", NULL, "by_time"},
	/* Right, and unproven without --prove. */
	{"waits_itself", "woken", 0, "clean", NULL, "by_time"},
	{"waits_itself", "spin", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "poller_joined", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "poller_signals", 400, "clean", NULL, "by_time"},
	{"waits_elsewhere", "events_joined", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "background_events", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "background_callback", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "go_await", 0, "clean", NULL, "by_time"},
	{"waits_elsewhere", "node_await", 0, "clean", NULL, "by_time"},
	/* It passes, as every report says. */
	{"outlasts", "sleeps_long", 0, "clean", NULL, "by_time"},
	{"outlasts", "impatient", 0, "clean", NULL, "by_time"},
	/* Wrong, and lucky without it; on a busy machine 200 ms may not be luck enough. */
	{"waits_itself", "lucky", 0, "racy lost at_risk", "ended-unanswered", "by_end"},
	{"waits_elsewhere", "poller_forgotten", 0, "racy lost at_risk", "ended-unanswered",
	 "by_end"},
	{"waits_elsewhere", "go_forgets", 0, "racy lost at_risk", "ended-unanswered", "by_end"},
	{"waits_elsewhere", "node_forgets", 0, "racy lost at_risk", "ended-unanswered",
	 "by_end"},
	{"outlasts", "naps", 0, "racy", "ended-unanswered", "by_end"},
	{"outlasts", "destroys", 0, "racy", "ended-unanswered", "by_end"},
	{"outlasts", "purges", 0, "racy", "ended-unanswered", "by_end"},
	{"outlasts", "flush_0", 0, "racy", "ended-unanswered", "by_end"},
	{"outlasts", "outq_once", 0, "racy", "ended-unanswered", "by_end"},
	/* Another's wait proves nothing (its answers come during that, or on a slow machine
	 * behind it), and so does what has no answer. */
	{"outlasts", "flushes_another", 0, "racy", NULL, NULL},
	{"outlasts", "acks_0", 0, "racy at_risk", "racy-exit", NULL},
	/* A wait of its own that gives up is judged as without --prove. */
	{"outlasts", "polls_for_a_while", 0, "at_risk", "exit-in-flight", "by_end"},
	{"outlasts", "flushes_briefly", 0, "clean", NULL, "by_wait"},
	/* What no answer can change. */
	{"waits_itself", "commit_open", 0, "lost", "open-transaction", NULL},
	{"outlasts", "commit_not", 0, "lost", "open-transaction", NULL},
};

static struct cell {
	char wrong[RUNS][200]; /* empty: as it should be */
} * cells;		       /* shared with the workers */

static bool has_finding(json_t *summary, const char *id)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_path(summary, "processes.0.findings"), i, finding)
	{
		if (strcmp(json_text(finding, "id"), id) == 0)
			return true;
	}
	return false;
}

/* Empty, or what is wrong with it. */
static void summary_check(const struct row *row, json_t *summary, char *wrong, size_t bytes)
{
	json_t *prove = json_path(summary, "processes.0.prove");
	const char *verdict = json_text(summary, "verdict");

	law_assert(summary);
	if (!strstr(row->verdict, verdict))
		snprintf(wrong, bytes, "%s: %s", verdict, json_text(summary, "headline"));
	else if (strncmp(row->verdict, verdict, strlen(verdict)) != 0)
		return; /* it did not get as far as to be withheld anything */
	else if (row->finding && !has_finding(summary, row->finding))
		snprintf(wrong, bytes, "without %s", row->finding);
	else if (!json_is_object(prove) || json_number(prove, "d_ns") > 5 * SECOND)
		snprintf(wrong, bytes, "it says nothing of what was withheld");
	else if (row->by && json_number(prove, row->by) == 0)
		snprintf(wrong, bytes, "no answer was let through %s", row->by);
	else if (json_number(prove, "by_wait") + json_number(prove, "by_time") +
			 json_number(prove, "by_end") !=
		 json_number(prove, "holds"))
		snprintf(wrong, bytes, "holds and their ends do not agree");
}

static void run_try(size_t index)
{
	const struct row *row = &rows[index / RUNS];
	char *wrong = cells[index / RUNS].wrong[index % RUNS];
	bool again = true;

	for (int i = 0; again; i++) {
		char *path = scratch_name(".json");
		struct ended ended = tool_run(
			"run --quiet --prove --broker --broker-rtt %d --broker-topic " TOPIC
			" --format json --output %s -- %s/%s localhost:9092 %s",
			row->rtt_ms, path, PATH_HOSTS, row->host, row->way);
		json_t *summary = json_load_file(path, 0, NULL);

		again = crashed_by_itself(&ended, i);
		if (!again && summary)
			summary_check(row, summary, wrong, sizeof(cells->wrong[0]));
		else if (!again)
			snprintf(wrong, sizeof(cells->wrong[0]), "status %#x: %.100s",
				 (unsigned)ended.status, ended.err);
		json_decref(summary);
		unlink(path);
		free(path);
		ended_free(&ended);
	}
}

static void who_waits_is_clean_and_who_does_not_is_caught_every_time(void **state)
{
	size_t wrong = 0;

	(void)state;
	cells = cells_memory(COUNT(rows) * sizeof(*cells));
	cells_try(COUNT(rows) * RUNS, WORKERS, run_try);
	for (size_t i = 0; i < COUNT(rows) * RUNS; i++) {
		const char *what = cells[i / RUNS].wrong[i % RUNS];

		if (!*what)
			continue;
		print_error("%s %s: %s\n", rows[i / RUNS].host, rows[i / RUNS].way, what);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* ---- a broker that is not ours ------------------------------------------------------ */

static struct story proven(const char *host, const char *arguments)
{
	struct story story = story_of(host);

	story.options = "--prove";
	story_tell(&story, "@ %s", arguments);
	return story;
}

static void a_lucky_one_is_caught_at_a_broker_of_its_own(void **state)
{
	struct story story = proven("outlasts", "naps");

	(void)state;
	story_expect(&story, "racy", "ended-unanswered");
	/* They have arrived, and that is not claimed. */
	assert_int_equal(story.arrived, 20);
	assert_int_equal(story_count(&story, "delivered"), 0);
	assert_null(strstr(json_text(story.summary, "headline"), "arrived"));
	story_end(&story);
}

static void a_poller_that_is_waited_for_is_clean_there(void **state)
{
	struct story story = proven("waits_elsewhere", "poller_joined");

	(void)state;
	story_expect(&story, "clean", NULL);
	assert_int_equal(story.arrived, 20);
	assert_string_equal(json_text(story.summary, "processes.0.producers.0.waited_by"),
			    "withheld_answer");
	story_end(&story);
}

/* Whom it has reached is in the report, and not the relay. */
static void the_broker_keeps_its_address(void **state)
{
	struct story story = proven("waits_itself", "flush");
	json_t *socket;
	size_t i;

	(void)state;
	story_expect(&story, "clean", NULL);
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, socket)
	{
		const char *broker = json_text(socket, "broker");

		assert_non_null(json_text(socket, "peer"));
		assert_int_equal(strncmp(broker, json_text(socket, "peer"),
					 strlen(json_text(socket, "peer"))),
				 0);
	}
	story_end(&story);
}

static void kafka_pythons_get_is_a_wait_and_its_callbacks_are_outlasted(void **state)
{
	struct story get = story_of("kafka_python_ends.py");
	struct story callbacks = story_of("kafka_python_ends.py");

	(void)state;
	story_needs("kafka");
	get.options = callbacks.options = "--prove";
	story_tell(&get, "@ get_last 20");
	story_expect(&get, "clean", NULL);
	assert_true(json_number(get.summary, "processes.0.prove.held_ns") < 4 * SECOND);
	assert_int_equal(json_number(get.summary, "processes.0.prove.by_time"), 0);
	story_end(&get);
	story_tell(&callbacks, "@ callbacks 20");
	story_expect(&callbacks, "clean", NULL);
	assert_true(json_number(callbacks.summary, "processes.0.prove.by_time") > 0);
	story_end(&callbacks);
}

/* ---- what cannot be withheld ---------------------------------------------------------- */

static void over_tls_nothing_is_withheld_and_that_is_said(void **state)
{
	struct story story = story_of("over_tls");

	(void)state;
	story_needs("openssl");
	story.tls = "";
	story.options = "--prove";
	story_tell(&story, "@ flush 100 %s", certificate_file());
	story_expect(&story, "clean", NULL);
	assert_true(json_is_null(json_path(story.summary, "processes.0.prove")));
	story_end(&story);
}

static void who_is_refused_is_refused_by_the_broker_itself(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.options = "--prove";
	story.dead_broker = true;
	story_tell(&story, "@ 10");
	story_expect(&story, "lost", NULL);
	assert_true(json_is_null(json_path(story.summary, "processes.0.prove")));
	story_end(&story);
}

/* ---- several processes ------------------------------------------------------------------ */

static json_t *prove_summary(const char *command)
{
	char *path = scratch_name(".json");
	struct ended ended = tool_run("run --quiet --prove --broker --broker-topic " TOPIC
				      " --format json --output %s -- %s",
				      path, command);
	json_t *summary = json_load_file(path, 0, NULL);

	assert_non_null(summary);
	unlink(path);
	free(path);
	ended_free(&ended);
	return summary;
}

/* One's flush lets nothing through to the other. */
static void each_process_waits_for_itself(void **state)
{
	char *script = scratch_name(".sh");
	char command[4096];
	json_t *summary, *process;
	size_t i, racy = 0, clean = 0;
	FILE *file = fopen(script, "we");

	(void)state;
	assert_non_null(file);
	fprintf(file,
		"%s/outlasts localhost:9092 naps &\n%s/waits_itself localhost:9092 flush\n"
		"wait\n",
		PATH_HOSTS, PATH_HOSTS);
	fclose(file);
	snprintf(command, sizeof(command), "sh %s", script);
	summary = prove_summary(command);
	assert_string_equal(json_text(summary, "verdict"), "racy");
	json_array_foreach(json_path(summary, "processes"), i, process)
	{
		racy += strcmp(json_text(process, "verdict"), "racy") == 0;
		clean += strcmp(json_text(process, "verdict"), "clean") == 0;
	}
	assert_int_equal(racy, 1);
	assert_int_equal(clean, 1);
	json_decref(summary);
	unlink(script);
	free(script);
}

/* ---- how it is asked for -------------------------------------------------------------- */

static void a_broker_that_is_down_cannot_answer(void **state)
{
	struct ended ended = tool_run("run --prove --broker-down -- true");

	(void)state;
	assert_int_equal(exit_code(&ended), 2);
	assert_non_null(strstr(ended.err, "--prove"));
	ended_free(&ended);
}

static void without_any_kafka_it_changes_nothing(void **state)
{
	struct ended ended = tool_run("run --prove --check -- true");

	(void)state;
	assert_int_equal(exit_code(&ended), 83);
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_waits_is_clean_and_who_does_not_is_caught_every_time),
		cmocka_unit_test(a_lucky_one_is_caught_at_a_broker_of_its_own),
		cmocka_unit_test(a_poller_that_is_waited_for_is_clean_there),
		cmocka_unit_test(the_broker_keeps_its_address),
		cmocka_unit_test(kafka_pythons_get_is_a_wait_and_its_callbacks_are_outlasted),
		cmocka_unit_test(over_tls_nothing_is_withheld_and_that_is_said),
		cmocka_unit_test(who_is_refused_is_refused_by_the_broker_itself),
		cmocka_unit_test(each_process_waits_for_itself),
		cmocka_unit_test(a_broker_that_is_down_cannot_answer),
		cmocka_unit_test(without_any_kafka_it_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
