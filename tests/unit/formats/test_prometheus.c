/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prometheus.c - what Prometheus reads are the numbers of the model,
 * merged over processes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

#define PROCESSES 1000

static struct maker maker;
static struct run run;

static int setup(void **state)
{
	(void)state;
	run = (struct run){0};
	maker_make(&maker);
	maker.process->exe = maker_string(&maker, "/bin/orders");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

/* As the reader prints it; free() it. */
static char *samples(void)
{
	char *text = printed_by(render_prometheus, &run, &(struct render_options){0});
	char *read = printed_read("prometheus", text);

	free(text);
	return read;
}

#define ORDERS "\"program\": \"orders\""
#define STAGE(stage, topic, value)                                                             \
	"unflushed_messages_total {\"client\": \"librdkafka\", " ORDERS                        \
	", \"stage\": \"" stage "\", \"topic\": \"" topic "\"} " value

static void the_numbers_are_those_of_the_model(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_run(&maker, &run);
	run.processes[0].start_realtime_ns = INT64_C(1767225600123000000);
	char *read = samples();

	printed_assert_line(read,
			    "unflushed_end_timestamp_seconds {" ORDERS "} 1767225602.123");
	printed_assert_line(read, "unflushed_exit_code {} 80.0");
	printed_assert_line(read, "unflushed_run_verdict {\"verdict\": \"lost\"} 1.0");
	printed_assert_line(read, "unflushed_run_verdict {\"verdict\": \"clean\"} 0.0");
	printed_assert_line(read, "unflushed_verdict {" ORDERS ", \"verdict\": \"lost\"} 1.0");
	printed_assert_line(read, STAGE("produced", "orders", "1000.0"));
	printed_assert_line(read, STAGE("delivered", "orders", "50.0"));
	printed_assert_line(read, STAGE("outstanding", "orders", "950.0"));
	printed_assert_line(read, "unflushed_lost_messages {\"certainty\": \"certain\", " ORDERS
				  "} 950.0");
	printed_assert_line(read, "unflushed_findings {\"finding\": \"missing-flush\", " ORDERS
				  ", \"verdict\": \"lost\"} 1.0");
	free(read);
}

static void what_is_not_known_has_no_sample(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker_run(&maker, &run);
	maker.process->pid = 777;
	maker_run_also(&maker, &run);
	run.processes[0].finding_count = 0;
	findings_raise(&run);
	run.processes[1].losses.possible = UNKNOWN;
	run.processes[1].how = ENDED_RUNNING;
	char *read = samples();

	printed_assert_line(read, "unflushed_lost_messages {\"certainty\": \"certain\", " ORDERS
				  "} 1900.0");
	assert_null(strstr(read, "\"possible\""));
	assert_null(strstr(read, "end_timestamp"));
	free(read);
}

/* Of one program the worst is its verdict; what they did is added up. */
static void processes_of_a_program_are_merged(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 10, 0);

	for (int i = 0; i < PROCESSES; i++) {
		if (i == 1) {
			maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 10);
			maker_waited(producer, 10);
		}
		maker.process->pid = i + 1;
		maker.process->start_ticks++;
		if (i == 0)
			maker_run(&maker, &run);
		else if (i + 1 < PROCESSES)
			maker_run_also(&maker, &run);
	}
	maker.process->exe = maker_string(&maker, "/bin/other");
	maker_run_also(&maker, &run);
	findings_raise(&run);
	char *read = samples();

	printed_assert_line(read, STAGE("produced", "orders", "9990.0"));
	printed_assert_line(read,
			    "unflushed_processes {" ORDERS ", \"verdict\": \"lost\"} 1.0");
	printed_assert_line(read,
			    "unflushed_processes {" ORDERS ", \"verdict\": \"clean\"} 998.0");
	printed_assert_line(read, "unflushed_verdict {" ORDERS ", \"verdict\": \"lost\"} 1.0");
	printed_assert_line(read, "unflushed_verdict {" ORDERS ", \"verdict\": \"clean\"} 0.0");
	printed_assert_line(
		read, "unflushed_verdict {\"program\": \"other\", \"verdict\": \"clean\"} 1.0");
	free(read);
}

static void labels_hold_any_name(void **state)
{
	static const struct {
		const char *name, *shown; /* as Python's json prints what was read */
	} rows[] = {
		{"<script>alert('x')</script>", "<script>alert('x')</script>"},
		{"]]>&amp;", "]]>&amp;"},
		{"quote\"} 1\n# TYPE x gauge", "quote\\\"} 1\\\\x0a# TYPE x gauge"},
		{"back\\slash\\", "back\\\\slash\\\\"},
		{"turned\xe2\x80\xaename", "turned\\\\u202ename"},
		{"\xff\xfe", "\\\\xff\\\\xfe"},
		{"\xc3\xa9t\xc3\xa9", "\\u00e9t\\u00e9"},
	};

	(void)state;
	maker_story(&maker, 7, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char line[400];

		maker.topics[0].topic = maker_string(&maker, rows[i].name);
		maker_run(&maker, &run);
		char *read = samples();

		snprintf(line, sizeof line, STAGE("produced", "%s", "7.0"), rows[i].shown);
		printed_assert_line(read, line);
		free(read);
		model_free(&run);
		run = (struct run){0};
	}
}

/* The model's own texts have no such characters; the format must not rely on that. */
static void a_new_line_is_escaped_here_too(void **state)
{
	(void)state;
	maker_story(&maker, 1, 0);
	maker_run(&maker, &run);
	run.processes[0].producers[0].topics[0].name = "a\nb";
	char *read = samples();

	printed_assert_line(read, STAGE("produced", "a\\nb", "1.0"));
	free(read);
}

static void a_run_without_a_process_has_a_verdict(void **state)
{
	(void)state;
	run.verdict = VERDICT_BLIND;
	char *read = samples();

	printed_assert_line(read, "unflushed_exit_code {} 83.0");
	printed_assert_line(read, "unflushed_run_verdict {\"verdict\": \"blind\"} 1.0");
	assert_null(strstr(read, "messages"));
	free(read);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_numbers_are_those_of_the_model),
		TEST(what_is_not_known_has_no_sample),
		TEST(processes_of_a_program_are_merged),
		TEST(labels_hold_any_name),
		TEST(a_new_line_is_escaped_here_too),
		TEST(a_run_without_a_process_has_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
