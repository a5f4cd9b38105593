/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_headline.c - the first line's words: of one message, of all, of a part.
 */
#include <string.h>

#include "judge/findings.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_message_the_words_are_singular),
		cmocka_unit_test(of_several_all_or_a_part_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
