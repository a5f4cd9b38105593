/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_html.c - the page has what the other formats have, whatever the names
 * are, in at most 5 MB.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "html/html.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "printed.h"
#include "rendered.h"
#include "testing.h"

static const struct html_charts *charts;

static int setup(void **state)
{
	charts = html_charts_built;
	return rendered_setup(state);
}

static void put(struct run *of, const struct render_options *how, FILE *out)
{
	html_put(of, how, charts, out);
}

/* As the reader prints it. */
static const char *shown(void)
{
	return rendered_read(put, "html_page");
}

/* The summary inside the page that was printed last. */
static json_t *summary_inside(void)
{
	const char *begin = strstr(rendered.text, "id=\"summary\">"), *end;

	assert_non_null(begin);
	begin += strlen("id=\"summary\">");
	end = strstr(begin, "</script>");
	assert_non_null(end);
	json_t *summary = json_loadb(begin, (size_t)(end - begin), 0, NULL);

	assert_non_null(summary);
	return summary;
}

static void assert_summary_is_json(void)
{
	char *json = printed_by(render_json, &rendered.run, &rendered.options);
	json_t *inside = summary_inside(), *outside = json_loads(json, 0, NULL);

	assert_non_null(outside);
	assert_true(json_equal(inside, outside));
	json_decref(inside);
	json_decref(outside);
	free(json);
}

/* So many processes that have lost all; each of a program of its own, or all of one. */
static void make_many(size_t count, bool alike)
{
	struct reader reader;

	maker_story(&rendered.maker, 10, 0);
	maker_socket(&rendered.maker, 0);
	for (size_t i = 0; i < count; i++) {
		rendered.maker.process->pid = (int32_t)i + 1;
		rendered.maker.process->start_ticks++;
		assert_true(
			reader_take(&reader, maker_copy(&rendered.maker), rendered.maker.size));
		build_trace(&rendered.run, "some.trace", &reader);
		reader_close(&reader);
	}
	for (size_t i = 0; i < count && !alike; i++)
		rendered.run.processes[i].exe =
			model_format(&rendered.run, "/bin/program%zu", i);
	judge_run(&rendered.run);
	findings_raise(&rendered.run);
}

/* Each of them has as many moments as a trace holds. */
static void make_moments(size_t processes, int64_t apart_ns)
{
	for (size_t i = 0; i < processes; i++) {
		struct process *process = &rendered.run.processes[i];

		process->moments =
			model_alloc(&rendered.run, TRACE_MOMENTS * sizeof(struct moment));
		process->moment_count = TRACE_MOMENTS;
		for (int64_t j = 0; j < TRACE_MOMENTS; j++)
			process->moments[j] = (struct moment){
				.at_ns = process->trace_start_ns + (j + 1) * apart_ns,
				.produced = 1000000 * (j + 1),
				.delivered = 1000000 * j,
				.settled = 1000000 * j,
				.accepted_bytes = 987654321 * (j + 1),
				.stalled_ns = apart_ns / 4 * (j + 1),
				.requests = j,
				.fill_max = j == 77 ? 999 : UNKNOWN,
			};
	}
}

static size_t count_of(const char *what)
{
	size_t count = 0;

	for (const char *at = rendered.text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static void a_loss_is_said_with_its_line_and_its_change(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 1000, 50);
	rendered.maker.sites[0].frames[0].file =
		maker_string(&rendered.maker, "/src/app/orders.py");
	maker_run(&rendered.maker, &rendered.run);
	printed_assert_line(shown(), "h1\tLOST 950 of 1,000 messages to orders (9.3 KiB of "
				     "9.8 KiB) never arrived");
	printed_assert_line(rendered.read_back,
			    "How many are lost?\t950 for certain; 0 more may be lost");
	printed_assert_line(rendered.read_back,
			    "Where do I fix it?\tsend_orders at app/orders.py:42");
	printed_assert_line(rendered.read_back,
			    "What do I change?\tcall producer.flush() before the "
			    "program ends; it must return 0");
	printed_assert_line(rendered.read_back,
			    "Messages of the whole run\toutstanding\t950\t9,500");
	char row[300];

	snprintf(row, sizeof row,
		 "A fault a row; no loss counts in two\tLOST\t950\t0\t1\t2023-11-14T22:13:21Z\t"
		 "2023-11-14T22:13:21Z\tmissing-flush\tsend_orders at app/orders.py:42\tcall "
		 "producer.flush() before the program ends; it must return 0\t%s",
		 rendered.run.groups[0].signature->digits);
	printed_assert_line(rendered.read_back, row);
	printed_assert_line(rendered.read_back, "h3\tLOST orders, pid 4242");
	printed_assert_line(rendered.read_back,
			    "How far its messages came\tdelivered\t50\t\t500\t");
}

static void a_clean_run_has_no_fault(void **state)
{
	(void)state;
	maker_waited(maker_story(&rendered.maker, 10, 10), 10);
	maker_run(&rendered.maker, &rendered.run);
	printed_assert_line(shown(), "h1\tCLEAN 10 messages to orders delivered, and the "
				     "program waited for them");
	printed_assert_line(rendered.read_back, "p\tThere is none.");
}

static void a_run_without_a_process_is_a_page(void **state)
{
	(void)state;
	rendered.run.verdict = VERDICT_BLIND;
	printed_assert_line(shown(),
			    "h1\tBLIND nothing could be judged: there is no trace that "
			    "can be read");
}

static void the_summary_inside_is_that_of_json(void **state)
{
	(void)state;
	make_many(3, false);
	shown();
	assert_summary_is_json();
	assert_null(strstr(rendered.text, "id=\"left-out\""));
}

static void names_are_no_markup(void **state)
{
	static const struct {
		const char *name, *as;
	} rows[] = {
		{"<script>alert(1)<", "<script>alert(1)<"},
		{"</script><b>", "</script><b>"},
		{"<!--<script>", "<!--<script>"},
		{"]]>\"'><i x=\"", "]]>\"'><i x=\""},
		{"{{summary}}", "{{summary}}"},
		{"&lt;&#60;&", "&lt;&#60;&"},
		{"two\nlines\r", "two\\x0alines\\x0d"},
		{"turned\xe2\x80\xae", "turned\\u202e"},
		{"none\x01\xff\x7f", "none\\x01\\xff\\x7f"},
		{"%s%n%1$s", "%s%n%1$s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[200];

		maker_free(&rendered.maker);
		maker_make(&rendered.maker);
		maker_story(&rendered.maker, 10, 0);
		snprintf(words, sizeof words, "/bin/%s", rows[i].name);
		rendered.maker.process->exe = maker_string(&rendered.maker, words);
		rendered.maker.topics[0].topic = rendered.maker.topics[1].topic =
			maker_string(&rendered.maker, rows[i].name);
		rendered.maker.sites[0].frames[0].file =
			maker_string(&rendered.maker, rows[i].name);
		maker_run(&rendered.maker, &rendered.run);
		snprintf(words, sizeof words,
			 "h1\tLOST all 10 messages to %s (100 bytes) never arrived",
			 rows[i].as);
		printed_assert_line(shown(), words);
		snprintf(words, sizeof words, "Where do I fix it?\tsend_orders at %s:42",
			 rows[i].as);
		printed_assert_line(rendered.read_back, words);
		assert_summary_is_json();
		model_free(&rendered.run);
		rendered.run = (struct run){0};
	}
}

/* The page's own care, not the model's. */
static void a_reason_of_a_policy_is_no_markup(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.processes[0].findings[0].known = "<b>\x1b[0m\xe2\x80\xae";
	printed_assert_line(shown(), "Why is it known?\t<b>\\x1b[0m\\u202e");
}

static void ten_thousand_processes_have_room(void **state)
{
	(void)state;
	make_many(10000, true);
	make_moments(10000, 1000000);
	printed_assert_line(shown(),
			    "p\tBelow are the details of the worst 20 of 10,000 "
			    "processes (at most 20); unflushed report -v prints those of "
			    "all.");
	assert_true(strlen(rendered.text) > 1000000 &&
		    strlen(rendered.text) <= HTML_MOST_BYTES);
	assert_int_equal(count_of("<article"), 20);
	assert_non_null(strstr(rendered.text, "id=\"left-out\""));
	assert_non_null(strstr(rendered.read_back,
			       " more processes had no room here: see unflushed "
			       "report -f jsonl."));
	json_t *inside = summary_inside();
	json_int_t there = (json_int_t)json_array_size(json_object_get(inside, "processes"));

	assert_true(there > 20);
	assert_int_equal(json_integer_value(json_object_get(inside, "left_out")),
			 10000 - there);
	json_decref(inside);
}

static void so_have_ten_thousand_faults(void **state)
{
	(void)state;
	make_many(10000, false);
	assert_int_equal(rendered.run.group_count, 10000);
	shown();
	assert_true(strlen(rendered.text) > 1000000 &&
		    strlen(rendered.text) <= HTML_MOST_BYTES);
	json_t *inside = summary_inside();
	size_t groups = json_array_size(json_object_get(inside, "signatures"));

	assert_true(groups > 20);
	assert_int_equal(json_integer_value(json_object_get(inside, "signatures_left_out")),
			 10000 - (json_int_t)groups);
	/* Each points at its process, which is there. */
	for (size_t i = 0; i < groups; i++) {
		json_t *group = json_array_get(json_object_get(inside, "signatures"), i);
		json_t *process = json_array_get(
			json_object_get(inside, "processes"),
			(size_t)json_integer_value(json_object_get(group, "process")));
		const char *exe = json_string_value(json_object_get(process, "exe"));

		assert_string_equal(json_string_value(json_object_get(
					    json_object_get(group, "signature"), "program")),
				    strrchr(exe, '/') + 1);
	}
	json_decref(inside);
}

static void the_worst_processes_have_details(void **state)
{
	(void)state;
	make_many(30, true);
	for (size_t i = 0; i < 29; i++)
		rendered.run.processes[i].verdict = VERDICT_CLEAN;
	rendered.run.processes[28].verdict = VERDICT_AT_RISK;
	rendered.run.processes[3].losses.certain = 11;
	shown();
	const char *first = strstr(rendered.text, "<article id=\"p30\"");

	assert_non_null(first);
	assert_ptr_equal(first, strstr(rendered.text, "<article"));
	assert_memory_equal(strstr(first + 1, "<article"), "<article id=\"p29\"", 17);
	assert_non_null(strstr(rendered.text, "<article id=\"p4\""));
	assert_null(strstr(rendered.text, "<article id=\"p28\""));
	printed_assert_line(rendered.read_back,
			    "p\tBelow are the details of the worst 20 of 30 processes "
			    "(at most 20); unflushed report -v prints those of all.");
}

/* Each byte becomes six of them, or two are one character. */
static void texts_without_an_end_are_cut(void **state)
{
	const size_t length = 60000;
	char *name = malloc(length);

	(void)state;
	make_many(100, false);
	name[0] = 'x'; /* so that a cut would be within a character */
	for (size_t i = 1; i < length - 1; i += 2)
		memcpy(name + i, i % 4 == 1 ? "\"\"" : "\xc3\xa9", 2);
	name[length - 1] = '\0';
	for (size_t i = 0; i < rendered.run.process_count; i++) {
		struct process *process = &rendered.run.processes[i];
		struct finding *findings =
			model_alloc(&rendered.run, 2 * HTML_LISTED * sizeof *findings);

		for (size_t j = 0; j < 2 * HTML_LISTED; j++) {
			findings[j] = process->findings[0];
			findings[j].text = findings[j].fix = name;
		}
		process->program = name;
		process->findings = findings;
		process->finding_count = 2 * HTML_LISTED;
	}
	shown();
	assert_true(strlen(rendered.text) <= HTML_MOST_BYTES);
	assert_non_null(strstr(rendered.read_back, "... (59999 bytes)"));
	assert_true(count_of("<article") > 0 && count_of("<article") < HTML_DETAILED);
	free(name);
}

static void each_stage_has_its_latency(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 10);
	maker_run(&rendered.maker, &rendered.run);
	struct producer *producer = &rendered.run.processes[0].producers[0];

	producer->queue_spans = (struct spans){3, 5000000, 9000000};
	producer->writing_spans = (struct spans){0};
	producer->answer_p50_ns = 1000000;
	producer->answer_p99_ns = 2000000;
	producer->answer_max_ns = 3000000;
	producer->latency_max_ns = UNKNOWN;
	producer->latency_p50_ns = producer->latency_p99_ns = UNKNOWN;
	shown();
	printed_assert_line(rendered.read_back,
			    "Half, 99 of 100, and all took no longer than\trdkafka#producer-1\t"
			    "queued to the first byte of its request\t?\t5.0 ms\t?\t9.0 ms\t");
	printed_assert_line(rendered.read_back,
			    "Half, 99 of 100, and all took no longer than\trdkafka#producer-1\t"
			    "first byte to the last\t?\t?\t?\t?\t");
	printed_assert_line(rendered.read_back,
			    "Half, 99 of 100, and all took no longer than\trdkafka#producer-1\t"
			    "last byte to the answer\t1.0 ms\t?\t2.0 ms\t3.0 ms\t");
}

static void the_table_of_by_is_there_or_what_has_no_room_is_said(void **state)
{
	struct by_row *rows;
	const size_t count = 100000;
	struct by_table table = {.key = "topic", .has_rest = true, .rest.processes = 1};

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	table.rows = rows = model_alloc(&rendered.run, count * sizeof *rows);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct by_row){
			"<b>",
			{.produced = 7, .certain = 6, .processes = 1, .first_ns = UNKNOWN}};
	table.count = 1;
	rendered.run.by = &table;
	printed_assert_line(shown(), "All messages by topic\t<b>\t7\t6\t0\t1\t?\t"
				     "1970-01-01T00:00:00Z");
	assert_non_null(strstr(rendered.read_back, "\t(of which topic is not known)\t"));
	assert_summary_is_json();
	table.count = count;
	shown();
	assert_true(strlen(rendered.text) <= HTML_MOST_BYTES);
	assert_non_null(strstr(rendered.read_back,
			       " more rows had no room here: see unflushed report "
			       "-f json."));
	printed_assert_line(rendered.read_back, "p\tThe table of --by had no room in it.");
	json_t *inside = summary_inside();

	assert_null(json_object_get(inside, "by"));
	assert_int_equal(json_integer_value(json_object_get(inside, "by_left_out")), count);
	json_decref(inside);
}

/* However long, and however short that was. */
static void a_day_keeps_its_peak(void **state)
{
	const int64_t apart_ns = 24 * 3600 * MAKER_SECOND / TRACE_MOMENTS;

	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_socket(&rendered.maker, 0);
	maker_run(&rendered.maker, &rendered.run);
	make_moments(1, apart_ns);
	rendered.run.processes[0].end_ns =
		rendered.run.processes[0].moments[TRACE_MOMENTS - 1].at_ns;
	shown();
	printed_assert_line(rendered.read_back,
			    "Send buffers and stalls over time\t26325.000000\t99.9\t"
			    "25.0\t77,037,037,038\t77");
	printed_assert_line(rendered.read_back,
			    "Send buffers and stalls over time\t86400.000000\t?\t"
			    "25.0\t252,839,506,176\t255");
	printed_assert_line(rendered.read_back,
			    "Messages over time\t86400.000000\t256,000,000\t255,000,000\t"
			    "1,000,000");
	assert_int_equal(count_of("data-end=\"86400.000000\""), 2);
}

static void what_is_not_known_is_a_question_mark(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	rendered.run.processes[0].duration_ns = rendered.run.processes[0].end_ns = UNKNOWN;
	rendered.run.losses.possible = UNKNOWN;
	printed_assert_line(shown(), "How many are lost?\t10 for certain; ? more may be lost");
	printed_assert_line(rendered.read_back,
			    "p\t2023-11-14T22:13:19Z to ? (UTC); 1 process: 1 lost.");
	assert_null(strstr(rendered.text, "data-v=\"-9223372036854775808\""));
}

static void without_uplot_the_page_says_so(void **state)
{
	(void)state;
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	make_moments(1, 1000000);
	charts = NULL;
	printed_assert_line(shown(), "p\tBuilt without uPlot: there are no charts, the tables "
				     "hold the same numbers.");
	assert_int_equal(count_of("<script>"), 1);
	assert_int_equal(count_of("<details open>"), 1);
	assert_null(strstr(rendered.text, "Copyright"));
}

static void with_uplot_the_page_has_its_licence(void **state)
{
	(void)state;
	if (!charts)
		skip_because("this was built without uPlot");
	maker_story(&rendered.maker, 10, 0);
	maker_run(&rendered.maker, &rendered.run);
	shown();
	assert_int_equal(count_of("<script>"), 2);
	assert_non_null(strstr(rendered.text, "The MIT License (MIT)"));
	assert_non_null(strstr(rendered.text, "Leon Sorokin"));
	assert_non_null(strstr(rendered.text, "var uPlot="));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rendered_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loss_is_said_with_its_line_and_its_change),
		TEST(a_clean_run_has_no_fault),
		TEST(a_run_without_a_process_is_a_page),
		TEST(the_summary_inside_is_that_of_json),
		TEST(names_are_no_markup),
		TEST(a_reason_of_a_policy_is_no_markup),
		TEST(ten_thousand_processes_have_room),
		TEST(so_have_ten_thousand_faults),
		TEST(the_worst_processes_have_details),
		TEST(texts_without_an_end_are_cut),
		TEST(each_stage_has_its_latency),
		TEST(the_table_of_by_is_there_or_what_has_no_room_is_said),
		TEST(a_day_keeps_its_peak),
		TEST(what_is_not_known_is_a_question_mark),
		TEST(without_uplot_the_page_says_so),
		TEST(with_uplot_the_page_has_its_licence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
