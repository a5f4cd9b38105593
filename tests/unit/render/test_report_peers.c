/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_report_peers.c - why no message could be sent, and which stage a refused
 * batch had reached, as the report prints them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct trace_producer *producer;
static char *printed;

/* 1,000 messages, of which 400 arrived. */
static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 1000, 400);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(printed);
	printed = NULL;
	maker_free(&maker);
	return 0;
}

static void print(void)
{
	struct run run;
	size_t bytes;
	FILE *out;

	free(printed);
	printed = NULL;
	maker_run(&maker, &run);
	out = open_memstream(&printed, &bytes);
	assert_non_null(out);
	render_text(&run, &(struct render_options){.verbose = true}, out);
	fclose(out);
	model_free(&run);
}

/* The line that begins so, its blanks taken together. */
static void expect_line(const char *stage, const char *words)
{
	const char *line = strstr(printed, stage);
	char text[128] = "";
	size_t bytes = 0;

	assert_non_null(line);
	for (; *line && *line != '\n' && bytes < sizeof text - 1; line++)
		if (*line != ' ' || (bytes && text[bytes - 1] != ' '))
			text[bytes++] = *line;
	if (strncmp(text, words, strlen(words)) != 0)
		fail_msg("'%s' is not '%s'", text, words);
}

static struct trace_peer *failed_with(int32_t code)
{
	struct trace_peer *peer = maker_peer(&maker, 0, 9092);

	peer->begun = peer->ends[PEER_CONNECTED] = 1;
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 600);
	producer->errors[0] =
		(struct trace_error){.code = code, .count = COUNT_FAILED, .messages = 600};
	return peer;
}

static void a_batch_that_the_broker_refused_was_written(void **state)
{
	struct trace_peer *peer = failed_with(29);

	(void)state;
	peer->answers[0] = (struct trace_answer){.api = 0, .code = 29, .count = 3};
	print();
	expect_line("    requested ", "requested 1,000 10,000");
	expect_line("    written ", "written 1,000 10,000");
	expect_line("    failed ", "failed 600 6,000 written");
}

/* Refused by what Metadata said, or timed out: how far those came is not known. */
static void one_that_failed_otherwise_may_not_have_been(void **state)
{
	struct trace_peer *peer = failed_with(29);

	(void)state;
	peer->answers[0] = (struct trace_answer){.api = 3, .code = 29, .count = 3};
	print();
	expect_line("    requested ", "requested 400 4,000");
	expect_line("    failed ", "failed 600 6,000 at a stage");
}

static void why_stands_in_the_first_lines(void **state)
{
	struct trace_peer *peer = maker_peer(&maker, 0, 1);

	(void)state;
	print();
	assert_null(strstr(printed, "  why    No broker"));
	peer->begun = peer->ends[PEER_REFUSED] = 12;
	print();
	expect_line("  why ", "why No broker could be reached: at 127.0.0.1:1 12 connects");
	assert_true(strstr(printed, "  where ") < strstr(printed, "  why "));
	assert_true(strstr(printed, "  why ") < strstr(printed, "  change "));
	assert_non_null(strstr(printed, "  tried     127.0.0.1:1: 12 connects were refused"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_batch_that_the_broker_refused_was_written),
		TEST(one_that_failed_otherwise_may_not_have_been),
		TEST(why_stands_in_the_first_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
