/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_not_linked.c - librdkafka inside the executable: why it was not
 * followed, and what to change then.
 */
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static const struct {
	uint32_t note;
	const char *text, *change, *fix;
} reasons[] = {
	{0, "(a stripped program, or UNFLUSHED_PROBE_LINKED=off)",
	 "keep the symbols, or run `unflushed recipe`", "without -s (Go) or strip"},
	{NOTE_LINKED_INCOMPLETE, "the linker has left out what the program does not call",
	 "without --gc-sections", "without the feature cmake-build"},
	{NOTE_LINKED_UNDECODED, "in machine code that the shim does not understand",
	 "take breakpoints and uprobes away", "perf, bpftrace"},
	{NOTE_LINKED_REFUSED, "the system lets nobody write into code",
	 "where it may write into its code", "MemoryDenyWriteExecute="},
	{NOTE_LINKED_THREADS, "a thread ran before the shim could write into its code",
	 "preload nothing that starts threads", "without that library"},
};

static void each_reason_has_its_sentence_and_its_change(void **state)
{
	struct maker maker;
	struct run run;

	(void)state;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		maker_make(&maker);
		maker.process->notes |= NOTE_LIBRDKAFKA_STATIC | reasons[i].note;
		maker_run(&maker, &run);
		const struct finding *finding = maker_finding(&run, "librdkafka-static");

		assert_non_null(finding);
		assert_int_equal(run.verdict, VERDICT_BLIND);
		assert_non_null(strstr(finding->text, reasons[i].text));
		assert_non_null(strstr(finding->change, reasons[i].change));
		assert_true(strlen(finding->change) <= 70);
		assert_non_null(strstr(finding->fix, reasons[i].fix));
		assert_non_null(strstr(finding->fix, "link librdkafka dynamically"));
		model_free(&run);
		maker_free(&maker);
	}
}

/* It is followed: nothing stands in the way. */
static void where_it_is_followed_none_is_given(void **state)
{
	struct maker maker;
	struct run run;

	(void)state;
	maker_make(&maker);
	maker_waited(maker_story(&maker, 10, 10), 10);
	maker.process->notes |= NOTE_LINKED | NOTE_LINKED_INSIDE;
	maker_run(&maker, &run);
	assert_null(maker_finding(&run, "librdkafka-static"));
	model_free(&run);
	maker_free(&maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_its_sentence_and_its_change),
		cmocka_unit_test(where_it_is_followed_none_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
