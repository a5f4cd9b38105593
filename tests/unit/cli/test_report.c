/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_report.c - from paths to a report and its result.
 */
#include "cli/report.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/render.h"
#include "alive.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static char *trace;
static char *printed;

static bool verbose;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (trace)
		unlink(trace);
	free(trace);
	free(printed);
	trace = printed = NULL;
	verbose = false;
	maker_free(&maker);
	return 0;
}

static void print(void *to, struct run *run)
{
	render_text(run, &(struct render_options){.verbose = verbose}, to);
}

/* Reports on the maker's trace, or on `path`; what it prints is in `printed`. */
static int report(const char *path, const struct host *host, struct report_outcome *outcome)
{
	size_t bytes;

	free(printed);
	FILE *out = open_memstream(&printed, &bytes);
	const struct report_options options = {
		.paths = &path,
		.path_count = path ? 1 : 0,
		.host = host,
		.print = print,
		.to = out,
	};
	int answer = report_paths(&options, outcome);
	fclose(out);
	return answer;
}

static enum verdict report_trace(void)
{
	struct report_outcome outcome;

	if (trace)
		unlink(trace);
	free(trace);
	trace = maker_file(maker.bytes, maker.size);
	assert_int_equal(report(trace, NULL, &outcome), 0);
	return outcome.verdict;
}

static void assert_line(int number, const char *expected)
{
	const char *line = printed;

	while (--number)
		line = strchr(line, '\n') + 1;
	size_t length = strcspn(line, "\n");
	if (strlen(expected) != length || strncmp(line, expected, length))
		fail_msg("'%.*s' is not '%s'", (int)length, line, expected);
}

static void the_first_lines_answer(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	assert_int_equal(report_trace(), VERDICT_LOST);
	assert_line(1, "LOST     950 of 1,000 messages to orders (9.3 KiB of 9.8 KiB) never "
		       "arrived");
	assert_line(2, "  where  send_orders at orders.py:42");
	assert_line(3, "  why    The program ended by exit() (status 0) with 950 of 1,000 "
		       "messages, 9.3");
	assert_line(6,
		    "  change call producer.flush() before the program ends; it must return 0");
}

static void the_first_line_says_each_verdict(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 1000);

	assert_int_equal(report_trace(), VERDICT_RACY);
	assert_line(1, "RACY     all 1,000 messages to orders arrived this time, but nothing "
		       "waited for");
	assert_line(2, "         the last");
	maker_waited(producer, 1000);
	assert_int_equal(report_trace(), VERDICT_CLEAN);
	assert_line(1, "CLEAN    1,000 messages to orders delivered, and the program waited "
		       "for them");
	assert_int_equal(strlen(strchr(printed, '\n')), 1);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 250);
	assert_int_equal(report_trace(), VERDICT_AT_RISK);
	assert_line(
		1,
		"AT RISK  250 of 1,250 messages to orders (2.4 KiB of 12.2 KiB) may be lost");
}

/* 5 of 15 were never written: of orders.py's 10, of audit.py's 5, or of both. */
static void which_line_lost_them_is_not_guessed(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 10, 0);
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker_site(&maker, "audit.py", 7);
	maker_count(&maker_cell(&maker, 0, 2)->counts, COUNT_SENT, 5);
	producer->requests_sent = socket->produce_requests = 1;
	socket->produce_records = 10;
	assert_int_equal(report_trace(), VERDICT_LOST);
	assert_line(1,
		    "LOST     5 of 15 messages to orders never arrived; 10 more may be lost");
	assert_line(2, "  where  send_orders at orders.py:42 or send_orders at audit.py:7: "
		       "which of them");
	assert_line(3, "         lost the 5 is not known");
	maker.cells[1].mark = 2;
	report_trace();
	assert_line(2, "  where  send_orders at audit.py:7");
}

static void assert_within_page(void)
{
	for (const char *line = printed; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
	assert_null(strchr(printed, '\033'));
}

static void no_line_is_wider_than_the_page_and_none_is_coloured(void **state)
{
	(void)state;
	maker_story(&maker, 1000000000, 5);
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 1000000);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 123456789);
	struct trace_socket *socket = maker_socket(&maker, 0);
	socket->stalls = 123456;
	socket->stalled_ns = 900000000;
	socket->offered_bytes = socket->accepted_bytes = UINT64_C(1) << 45;
	report_trace();
	assert_within_page();
	verbose = true;
	report_trace();
	assert_within_page();
}

static void control_characters_of_a_trace_never_reach_the_terminal(void **state)
{
	(void)state;
	maker.process->argv = maker_string(&maker, "evil\033[2J\a\nsecond\xff\xc2\x9b");
	maker_story(&maker, 10, 0);
	report_trace();
	assert_non_null(strstr(printed, "evil\\x1b[2J\\x07 second\\xff\\u009b"));
	for (const char *at = printed; *at; at++)
		assert_true(*at == '\n' || (unsigned char)*at >= ' ');
}

static void a_host_that_never_loaded_the_shim_is_blind_and_says_why(void **state)
{
	char *argv[] = {"server", "--fast", NULL};
	const struct host host = {
		.program = "/usr/bin/server",
		.argv = argv,
		.pid = 77,
		.reaped = true,
		.wait_status = 3 << 8,
		.cannot_load = "it is linked statically",
	};
	struct report_outcome outcome;

	(void)state;
	assert_int_equal(report(NULL, &host, &outcome), 0);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
	assert_non_null(strstr(printed, "shim-not-loaded"));
	assert_non_null(
		strstr(printed, "The shim was not loaded into /usr/bin/server, because"));
	assert_non_null(strstr(printed, "server --fast"));
}

static void a_host_that_loaded_it_and_showed_nothing_is_blind_too(void **state)
{
	const struct host host = {.program = "/bin/true", .pid = 77, .shim_loaded = true};
	struct host hidden = host;
	struct report_outcome outcome;

	(void)state;
	assert_int_equal(report(NULL, &host, &outcome), 0);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
	assert_non_null(strstr(printed, "nothing-seen"));
	assert_null(strstr(printed, "shim-not-loaded"));
	assert_null(strstr(printed, "librdkafka-static"));
	hidden.librdkafka_static = true;
	report(NULL, &hidden, &outcome);
	assert_non_null(strstr(printed, "librdkafka-static"));
}

/* With a trace of its own, without one, and beside those of what it started. */
static void traces_that_cannot_be_relied_upon_are_never_clean(void **state)
{
	const struct host host = {
		.program = "/bin/sh",
		.pid = 77,
		.shim_loaded = true,
		.doubt = "others may write to '/d' (mode 0777)",
	};
	struct host trusted = host;
	struct report_outcome outcome;

	(void)state;
	trusted.doubt = NULL;
	maker_waited(maker_story(&maker, 10, 10), 10);
	for (int pid = 77; pid <= 78; pid++) {
		maker.process->pid = pid;
		report_trace();
		report(trace, &trusted, &outcome);
		assert_int_equal(outcome.verdict, VERDICT_CLEAN);
		report(trace, &host, &outcome);
		assert_int_equal(outcome.verdict, VERDICT_BLIND);
		assert_non_null(strstr(printed, "traces-in-doubt"));
		assert_non_null(strstr(printed, "not known: others"));
	}
	report(NULL, &host, &outcome);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
	assert_non_null(strstr(printed, "traces-in-doubt"));
}

static void an_unseen_host_counts_whatever_its_children_did(void **state)
{
	const struct host unseen = {.program = "/bin/go", .pid = 77};
	const struct host seen = {.program = "/bin/sh", .pid = 77, .shim_loaded = true};
	struct report_outcome outcome;

	(void)state;
	maker_waited(maker_story(&maker, 10, 10), 10);
	assert_int_equal(report_trace(), VERDICT_CLEAN);
	report(trace, &unseen, &outcome);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
	report(trace, &seen, &outcome);
	assert_int_equal(outcome.verdict, VERDICT_CLEAN);
}

static void a_running_process_is_at_risk_and_a_gone_one_has_lost(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	alive_ourselves(maker.process);
	assert_int_equal(report_trace(), VERDICT_AT_RISK);
	assert_line(1,
		    "AT RISK  950 of 1,000 messages to orders (9.3 KiB of 9.8 KiB) still under "
		    "way");
	assert_non_null(strstr(printed, "still-running"));
	maker.process->start_ticks++; /* the pid is another's now */
	assert_int_equal(report_trace(), VERDICT_LOST);
	assert_null(strstr(printed, "still-running"));
	assert_non_null(strstr(printed, "vanished"));
}

static void what_cannot_be_read_is_never_clean(void **state)
{
	char directory[] = "/tmp/unflushed-test-XXXXXX";
	struct report_outcome outcome;

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(report(directory, NULL, &outcome), REPORT_NO_TRACE);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
	rmdir(directory);
	assert_int_equal(report(directory, NULL, &outcome), REPORT_UNREADABLE);
	assert_int_equal(outcome.verdict, VERDICT_BLIND);
}

static void the_text_shows_the_settings_that_explain(void **state)
{
	(void)state;
	verbose = true;
	struct trace_producer *producer = maker_story(&maker, 1000, 50);

	producer->acks = 1;
	producer->configuration =
		maker_string(&maker, "acks=1\nlinger.ms=5\nsocket.timeout.ms=60000\n"
				     "message.max.bytes=1000000\nretries=3\n");
	report_trace();
	assert_non_null(strstr(printed, "configured  acks=1, linger.ms=5, retries=3\n"));
	/* Refused messages make their limits interesting. */
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 250);
	report_trace();
	assert_non_null(strstr(printed, "acks=1, linger.ms=5, message.max.bytes=1000000,"));
}

static void topics_without_a_message_are_not_listed(void **state)
{
	(void)state;
	verbose = true;
	maker_story(&maker, 1000, 50);
	maker_topic(&maker, 0, "quiet", -1);
	report_trace();
	assert_non_null(strstr(printed, "orders: 1,000 produced"));
	assert_null(strstr(printed, "quiet"));
	maker_count(&maker.topics[2].counts, COUNT_REJECTED, 1);
	report_trace();
	assert_non_null(strstr(printed, "quiet: 0 produced"));
}

static void the_worst_process_stands_first(void **state)
{
	char *const clean = (maker_waited(maker_story(&maker, 10, 10), 10),
			     maker_file(maker.bytes, maker.size));
	const char *paths[2] = {clean, NULL};
	struct report_outcome outcome;
	size_t bytes;

	(void)state;
	verbose = true;
	maker_free(&maker);
	maker_make(&maker);
	maker.process->pid = 777;
	maker_story(&maker, 10, 5);
	paths[1] = trace = maker_file(maker.bytes, maker.size);
	FILE *out = open_memstream(&printed, &bytes);
	const struct report_options options = {
		.paths = paths, .path_count = 2, .print = print, .to = out};

	assert_int_equal(report_paths(&options, &outcome), 0);
	fclose(out);
	unlink(clean);
	free(clean);
	assert_true(strstr(printed, "process 777") < strstr(printed, "process 4242"));
	assert_non_null(strstr(printed, "process 4242"));
}

/* "failed" passes, but not for a run of which nothing at all arrived. */
static void a_guard_fails_from_its_mildest_verdict_on_and_where_nothing_arrived(void **state)
{
	const struct report_outcome some = {.verdict = VERDICT_FAILED};
	const struct report_outcome none = {VERDICT_FAILED, .nothing_arrived = true};
	const struct report_outcome lost = {.verdict = VERDICT_LOST};

	(void)state;
	assert_int_equal(report_exit_status(&some, VERDICT_BLIND, 0), 0);
	assert_int_equal(report_exit_status(&some, VERDICT_FAILED, 0), 85);
	assert_int_equal(report_exit_status(&none, VERDICT_BLIND, 0), 85);
	assert_int_equal(report_exit_status(&none, VERDICT_LOST, 0), 85);
	assert_int_equal(report_exit_status(&lost, VERDICT_LOST, 0), 80);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_lines_answer),
		TEST(the_first_line_says_each_verdict),
		TEST(which_line_lost_them_is_not_guessed),
		TEST(no_line_is_wider_than_the_page_and_none_is_coloured),
		TEST(control_characters_of_a_trace_never_reach_the_terminal),
		TEST(a_host_that_never_loaded_the_shim_is_blind_and_says_why),
		TEST(a_host_that_loaded_it_and_showed_nothing_is_blind_too),
		TEST(traces_that_cannot_be_relied_upon_are_never_clean),
		TEST(an_unseen_host_counts_whatever_its_children_did),
		TEST(a_running_process_is_at_risk_and_a_gone_one_has_lost),
		TEST(what_cannot_be_read_is_never_clean),
		TEST(the_text_shows_the_settings_that_explain),
		TEST(topics_without_a_message_are_not_listed),
		TEST(the_worst_process_stands_first),
		TEST(a_guard_fails_from_its_mildest_verdict_on_and_where_nothing_arrived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
