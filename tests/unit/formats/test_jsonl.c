/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jsonl.c - each line is one process, complete and valid by its schema,
 * whatever its names are.
 */
#include <stdlib.h>
#include <string.h>

#include "printed.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	maker_free(&maker);
	return 0;
}

static int lines_of(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void each_process_is_a_line_of_its_schema(void **state)
{
	struct run run;

	(void)state;
	maker_story(&maker, 1000, 50);
	maker_run(&maker, &run);
	maker.process->pid = 777;
	maker_waited(&maker.producers[0], 1000);
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 950);
	maker_run_also(&maker, &run);
	char *text = printed_by(render_jsonl, &run, &(struct render_options){0});
	char *read = printed_read("jsonl", text);

	assert_int_equal(lines_of(text), 2);
	printed_assert_line(read, "4242 lost 1000");
	printed_assert_line(read, "777 clean 1000");
	free(read);
	free(text);
	model_free(&run);
}

static void hostile_names_stay_on_their_line(void **state)
{
	struct run run;

	(void)state;
	maker_story(&maker, 10, 5);
	maker.topics[0].topic = maker_string(&maker, "a\nb\"}\r\xff]]><script>\xe2\x80\xae");
	maker.process->exe = maker_string(&maker, "/bin/\n{\"schema\": 1}");
	maker_run(&maker, &run);
	char *text = printed_by(render_jsonl, &run, &(struct render_options){0});
	char *read = printed_read("jsonl", text);

	assert_int_equal(lines_of(text), 1);
	assert_string_equal(read, "4242 lost 10\n");
	free(read);
	free(text);
	model_free(&run);
}

static void no_process_is_no_line(void **state)
{
	struct run run = {0};

	(void)state;
	char *text = printed_by(render_jsonl, &run, &(struct render_options){0});

	assert_string_equal(text, "");
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_process_is_a_line_of_its_schema),
		TEST(hostile_names_stay_on_their_line),
		TEST(no_process_is_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
