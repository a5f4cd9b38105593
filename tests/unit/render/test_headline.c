/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_headline.c - the words of the first line: for one message, for all, for
 * a part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "render/render.h"
#include "render/render_text.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;

/* The first line of a program that produced so many; `waited`: for all of them. */
static void expect(uint64_t produced, uint64_t delivered, bool waited, const char *line)
{
	struct run run;

	maker_make(&maker);
	struct trace_producer *producer = maker_story(&maker, produced, delivered);
	struct trace_socket *wire = maker_socket(&maker, 0);

	producer->requests_sent = wire->produce_requests = wire->produce_answered = 1;
	wire->produce_records = wire->produce_answered_records = delivered;
	if (waited)
		maker_waited(producer, produced);
	maker_run(&maker, &run);
	assert_string_equal(text_headline(&run), line);
	model_free(&run);
	maker_free(&maker);
}

static void of_one_message_the_words_are_singular(void **state)
{
	(void)state;
	expect(1, 1, true, "the only message (10 bytes) was delivered");
	expect(1, 0, false, "the only message (10 bytes) never arrived");
	expect(1, 1, false,
	       "the only message arrived this time, but nothing waited for the last");
}

static void of_several_all_or_a_part_is_said(void **state)
{
	(void)state;
	expect(3, 3, true, "all 3 messages (30 bytes) were delivered");
	expect(3, 0, false, "all 3 messages (30 bytes) never arrived");
	expect(3, 1, false, "2 of 3 messages (20 bytes of 30 bytes) never arrived");
	expect(3, 3, false,
	       "all 3 messages arrived this time, but nothing waited for the last");
}

/* What it has of its own is looked into; a layer above it may hold messages. */
static void of_a_client_without_a_message_the_layer_above_is_said(void **state)
{
	struct run run;

	(void)state;
	maker_make(&maker);
	maker_producer(&maker);
	maker_run(&maker, &run);
	assert_string_equal(text_headline(&run), "no message was produced, so the client holds "
						 "none (a layer above it may)");
	model_free(&run);
	maker.header->sections[SECTION_PRODUCER - 1].used = 0;
	maker.process->notes = NOTE_CONSUMER;
	maker_run(&maker, &run);
	assert_string_equal(text_headline(&run), "no message was produced, so none is missing");
	model_free(&run);
	maker_free(&maker);
}

/* So often a heading of the text begins with this. */
static int headings(struct run *run, const char *with)
{
	char *printed, *at;
	size_t bytes;
	int count = 0;
	FILE *out = open_memstream(&printed, &bytes);

	render_text(run, &(struct render_options){.verbose = true}, out);
	fclose(out);
	for (at = strstr(printed, with); at; at = strstr(at + 1, with))
		count += at[-1] == '\n';
	free(printed);
	return count;
}

/* Two processes without Kafka: alone they are all there is, and beside another a number. */
static void processes_without_kafka_are_a_count(void **state)
{
	struct run run;

	(void)state;
	maker_make(&maker);
	maker_run(&maker, &run);
	maker.process->pid = 4243;
	maker_run_also(&maker, &run);
	assert_int_equal(headings(&run, "process "), 2);
	assert_int_equal(headings(&run, "2 processes without Kafka"), 0);
	maker.process->pid = 4244;
	maker_waited(maker_story(&maker, 100, 100), 100);
	maker_run_also(&maker, &run);
	assert_int_equal(headings(&run, "process "), 1);
	assert_int_equal(headings(&run, "process 4244"), 1);
	assert_int_equal(headings(&run, "2 processes without Kafka"), 1);
	model_free(&run);
	maker_free(&maker);
}

/* The producer was not closed, and its program is not there to be read. */
static void what_lay_in_gos_channel_is_said_not_to_be_seen(void **state)
{
	struct run run;

	(void)state;
	for (int gets_any = 0; gets_any < 2; gets_any++) {
		maker_make(&maker);
		struct trace_producer *producer =
			gets_any ? maker_story(&maker, 3, 3) : maker_producer(&maker);

		maker_producer_more(&maker, producer)->binding = BINDING_GO;
		if (gets_any)
			maker_waited(producer, 3);
		maker_run(&maker, &run);
		assert_string_equal(
			text_headline(&run),
			gets_any ? "all 3 messages arrived, but what lay in ProduceChannel() "
				   "at the end is not seen"
				 : "no message was produced, but what lay in ProduceChannel() "
				   "at the end is not seen");
		model_free(&run);
		maker_free(&maker);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_message_the_words_are_singular),
		cmocka_unit_test(of_several_all_or_a_part_is_said),
		cmocka_unit_test(of_a_client_without_a_message_the_layer_above_is_said),
		cmocka_unit_test(what_lay_in_gos_channel_is_said_not_to_be_seen),
		cmocka_unit_test(processes_without_kafka_are_a_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
