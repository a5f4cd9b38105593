/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_compare.c - which faults are the same, which have grown, and which files
 * are not summaries.
 */
#include "compare/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "printed.h"
#include "testing.h"

#define ROW_OF(family, digits, program, verdict, certain, possible, processes)                 \
	"{\"signature\":{\"digits\":\"" digits "\",\"family\":\"" family                       \
	"\",\"program\":\"" program                                                            \
	"\",\"functions\":[{\"function\":\"send\",\"file\":\"o.c\"}],\"topic\":null},"         \
	"\"finding\":\"missing-flush\",\"verdict\":\"" verdict                                 \
	"\",\"losses\":{\"certain\":" certain ",\"possible\":" possible                        \
	"},\"processes\":" processes ",\"where\":null,\"change\":null}"

#define ROW(digits, program, verdict, certain, processes)                                      \
	ROW_OF("refused", digits, program, verdict, certain, "0", processes)

#define PRODUCER(produced, p50)                                                                \
	"{\"messages\":{\"produced\":" produced                                                \
	",\"delivered\":0},\"latency_ns\":{\"p50\":" p50 ",\"p99\":9}}"

#define SUMMARY(verdict, produced, rows)                                                       \
	"{\"schema\":\"unflushed.summary/1\",\"verdict\":\"" verdict                           \
	"\",\"losses\":{\"certain\":0,\"possible\":null},\"without_kafka\":1,"                 \
	"\"signatures\":[" rows                                                                \
	"],\"processes\":[{\"producers\":[]},{\"producers\":[" PRODUCER(                       \
		produced, "null") "," PRODUCER("0", "7") "]}]}"

static bool take(struct side *side, const char *words, char why[SIDE_WHY_BYTES])
{
	json_error_t error;
	json_t *summary = json_loads(words, 0, &error);

	if (!summary)
		fail_msg("%s at %d of %s", error.text, error.position, words);
	return side_take(side, summary, why, SIDE_WHY_BYTES);
}

static void take_good(struct side *side, const char *words)
{
	char why[SIDE_WHY_BYTES] = "";

	if (!take(side, words, why))
		fail_msg("%s", why);
}

/* The counts, by enum change, and '!' if it is worse. */
static void assert_counts(const char *before, const char *after, const char *counts)
{
	struct side was, is;
	struct comparison comparison;
	char got[CHANGE_COUNT * 4 + 2] = "";

	take_good(&was, before);
	take_good(&is, after);
	compare(&comparison, &was, &is);
	for (int i = 0; i < CHANGE_COUNT; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%zu",
			 comparison.counts[i]);
	if (compare_is_worse(&comparison))
		strcat(got, "!");
	compare_free(&comparison);
	side_free(&was);
	side_free(&is);
	assert_string_equal(got, counts);
}

#define A(verdict, certain) ROW("aaaaaaaaaaaa", "a", verdict, certain, "1")
#define B_SAME_DIGITS ROW("aaaaaaaaaaaa", "b", "lost", "10", "1")

static void a_summary_is_summed_up(void **state)
{
	struct side side;

	(void)state;
	take_good(&side, SUMMARY("lost", "20", A("lost", "10")));
	assert_int_equal(side.verdict, VERDICT_LOST);
	assert_int_equal(side.processes, 1);
	assert_int_equal(side.produced, 20);
	assert_int_equal(side.certain, 0);
	assert_true(side.possible == UNKNOWN);
	assert_int_equal(side.p50_ns, 7);
	assert_int_equal(side.row_count, 1);
	assert_int_equal(side.rows[0].certain, 10);
	side_free(&side);
	take_good(&side, SUMMARY("lost", "null", ""));
	assert_true(side.produced == UNKNOWN);
	side_free(&side);
}

static void faults_are_known_by_all_parts(void **state)
{
	const char *none = SUMMARY("clean", "100", "");
	const char *one = SUMMARY("lost", "100", A("lost", "10"));

	(void)state;
	/* new grown shrunk gone same */
	assert_counts(one, one, "00001");
	assert_counts(none, one, "10000!");
	assert_counts(one, none, "00010");
	assert_counts(one, SUMMARY("lost", "100", B_SAME_DIGITS), "10010!");
	assert_counts(one, SUMMARY("lost", "100", A("lost", "10") "," B_SAME_DIGITS), "10001!");
}

static void what_has_grown_is_told_by_rates_and_verdicts(void **state)
{
	const char *one = SUMMARY("lost", "100", A("lost", "10"));

	(void)state;
	assert_counts(one, SUMMARY("lost", "1000", A("lost", "100")), "00001");
	assert_counts(one, SUMMARY("lost", "1000", A("lost", "101")), "01000!");
	assert_counts(one, SUMMARY("lost", "1000", A("lost", "99")), "00100");
	assert_counts(one, SUMMARY("at_risk", "100", A("at_risk", "10")), "00100");
	assert_counts(SUMMARY("at_risk", "100", A("at_risk", "10")), one, "01000!");
	assert_counts(one, SUMMARY("lost", "100", A("lost", "null")), "01000!");
	assert_counts(SUMMARY("lost", "100", A("lost", "null")), one, "00001");
	assert_counts(SUMMARY("clean", "1", ""), SUMMARY("blind", "1", ""), "00000!");
}

#define WAITS(verdict, certain, possible, processes)                                           \
	ROW_OF("waiting", "aaaaaaaaaaaa", "a", verdict, certain, possible, processes)
#define OTHER(certain, possible)                                                               \
	ROW_OF("refused", "aaaaaaaaaaaa", "a", "lost", certain, possible, "1")

/* Once all got out in time, once none did; the same program does not wait. */
static void what_is_lost_by_chance_makes_nothing_worse(void **state)
{
	const char *lucky = SUMMARY("racy", "100", WAITS("racy", "0", "0", "1"));
	const char *unlucky = SUMMARY("lost", "100", WAITS("lost", "90", "10", "1"));

	(void)state;
	assert_counts(lucky, unlucky, "01000");
	assert_counts(unlucky, lucky, "00100");
	/* In more processes: that is no chance. */
	assert_counts(lucky, SUMMARY("racy", "100", WAITS("racy", "0", "0", "2")), "01000!");
	/* Another fault is as bad, and new. */
	assert_counts(lucky,
		      SUMMARY("lost", "100", WAITS("lost", "9", "0", "1") "," B_SAME_DIGITS),
		      "11000!");
	/* The verdict of all is worse for another reason. */
	assert_counts(lucky, SUMMARY("lost", "100", WAITS("at_risk", "0", "9", "1")), "01000!");
}

/* What may be lost is no more than what was certain before. */
static void what_is_less_certain_has_not_grown(void **state)
{
	(void)state;
	assert_counts(SUMMARY("lost", "100", OTHER("10", "0")),
		      SUMMARY("lost", "100", OTHER("4", "6")), "00100");
	assert_counts(SUMMARY("lost", "100", OTHER("4", "6")),
		      SUMMARY("lost", "100", OTHER("10", "0")), "01000!");
	assert_counts(SUMMARY("lost", "100", OTHER("4", "6")),
		      SUMMARY("lost", "100", OTHER("4", "7")), "01000!");
}

static const struct {
	const char *summary, *why;
} wrong[] = {
	{"[]", "schema is missing: it is to be a text"},
	{"{\"schema\":1}", "schema is not a text"},
	{"{\"schema\":\"unflushed.summary/2\"}",
	 "schema is 'unflushed.summary/2', and not 'unflushed.summary/1'"},
	{SUMMARY("odd", "1", ""), "verdict is 'odd', which is none"},
	{SUMMARY("lost", "\"1\"", ""),
	 "processes[1].producers[0].messages.produced is not a whole number or null"},
	{SUMMARY("lost", "-1", ""),
	 "processes[1].producers[0].messages.produced is -1, which cannot be"},
	{SUMMARY("lost", "1", "7"),
	 "signatures[0].signature is missing: it is to be an object"},
	{SUMMARY("lost", "1", A("lost", "1.5")),
	 "signatures[0].losses.certain is not a whole number or null"},
	{SUMMARY("lost", "1", A("lost", "1") "," A("lost", "2")),
	 "signatures has aaaaaaaaaaaa twice"},
};

static void what_is_no_summary_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char why[SIDE_WHY_BYTES] = "";
		struct side side;

		assert_false(take(&side, wrong[i].summary, why));
		assert_string_equal(why, wrong[i].why);
		side_free(&side);
	}
}

/* The worst first, and what is the same last; it is what its schema says. */
static void the_json_is_of_its_schema(void **state)
{
	struct side before, after;
	struct comparison comparison;
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	(void)state;
	assert_non_null(stream);
	take_good(&before, SUMMARY("lost", "100", A("lost", "10")));
	take_good(&after, SUMMARY("lost", "100", B_SAME_DIGITS "," A("lost", "null")));
	compare(&comparison, &before, &after);
	compare_json(&comparison, stream);
	fclose(stream);
	compare_free(&comparison);
	side_free(&before);
	side_free(&after);
	char *read = printed_read("diff", text);
	assert_string_equal(read, "worse\n"
				  "new None ('lost', 10)\n"
				  "grown ('lost', 10) ('lost', None)\n");
	free(read);
	free(text);
}

/* No text of a summary drives the terminal. */
static void the_text_shows_what_is_not_the_same(void **state)
{
	struct side before, after;
	struct comparison comparison;
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	(void)state;
	assert_non_null(stream);
	take_good(&before, SUMMARY("lost", "100", A("lost", "10")));
	take_good(&after, SUMMARY("lost", "100",
				  ROW("bbbbbbbbbbbb", "b\\u001b[2J", "lost", "5",
				      "1") "," A("lost", "10")));
	compare(&comparison, &before, &after);
	compare_text(&comparison, stream);
	fclose(stream);
	compare_free(&comparison);
	side_free(&before);
	side_free(&after);
	assert_memory_equal(text, "1 new, 0 grown, 0 shrunk, 0 gone, 1 same\n", 41);
	assert_non_null(strstr(text,
			       "new     bbbbbbbbbbbb  missing-flush in b\\x1b[2J\n"
			       "    after   lost, 5 (50 of 1,000) lost, 0 (0 of 1,000) may "
			       "be, in 1 of 1 processes\n"));
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "aaaaaaaaaaaa"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_is_summed_up),
		cmocka_unit_test(faults_are_known_by_all_parts),
		cmocka_unit_test(what_has_grown_is_told_by_rates_and_verdicts),
		cmocka_unit_test(what_is_lost_by_chance_makes_nothing_worse),
		cmocka_unit_test(what_is_less_certain_has_not_grown),
		cmocka_unit_test(what_is_no_summary_is_refused_with_its_place),
		cmocka_unit_test(the_json_is_of_its_schema),
		cmocka_unit_test(the_text_shows_what_is_not_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
