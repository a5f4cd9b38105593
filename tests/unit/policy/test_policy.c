/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_policy.c - a bad policy is refused with line and column; a good one
 * decides.
 */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "testing.h"

#define TODAY 20300615

static const struct bad {
	const char *text;
	int line, column;
	const char *says;
} bads[] = {
	{"[verdict]\n", 1, 2, "no key 'verdict'"},
	{"[verdicts]\nlosd = 'fail'\n", 2, 1, "no key 'losd'"},
	{"[verdicts]\nlost = 'fial'\n", 2, 8, "not \"fial\""},
	{"[verdicts]\nracy = true\n", 2, 8, "'racy' wants"},
	{"[verdicts]\nclean = 'fail'\n", 2, 1, "no key 'clean'"},
	{"verdicts = 1\n", 1, 12, "'verdicts' wants a table"},
	{"[brokers]\nerror = 'warn'\n", 2, 1, "there is no key 'error'"},
	{"[brokers]\nerrors = 3\n", 2, 10, "'errors'"},
	{"[allow]\nmessages = '3'\n", 2, 12, "whole number"},
	{"[allow]\nmessages = 1.5\n", 2, 12, "whole number"},
	{"[allow]\n\nmessages = -1\n", 3, 12, "less than 0"},
	{"[programs]\nignore = 'git'\n", 2, 10, "an array"},
	{"[programs]\nignore = ['git', 3]\n", 2, 18, "strings"},
	{"[programs]\nignore = ['']\n", 2, 11, "not empty"},
	{"[known]\nreason = 'x'\n", 1, 1, "[[known]]"},
	{"known = [1]\n", 1, 10, "[[known]]"},
	{"[[known]]\nfinding = 'racy-exit'\n", 1, 1, "lacks its 'reason'"},
	{"[[known]]\nreason = 'x'\n", 1, 1, "names no"},
	{"[[known]]\nfinding = 'racy-exit'\nreason = ' '\n", 3, 10, "is empty"},
	{"[[known]]\nfinding = 'racy-exits'\nreason = 'x'\n", 2, 11, "no finding"},
	{"[[known]]\nsignature = '0123'\nreason = 'x'\n", 2, 13, "12 digits"},
	{"[[known]]\nsignature = '0123456789AB'\nreason = 'x'\n", 2, 13, "12 digits"},
	{"[[known]]\nuntil = '2030-01-01'\n", 2, 9, "a date"},
	{"[[known]]\nuntil = 2030-01-01T00:00:00\n", 2, 9, "a date"},
	{"[[known]]\nmessages = 1\nmesages = 2\n", 3, 1, "no key 'mesages'"},
	{"[[known]]\nzzz = 1\naaa = 2\n", 2, 1, "no key 'zzz'"},
	{"[[known]]\nframe = \"a\\u0000b\"\n", 2, 9, "NUL"},
};

static void a_bad_policy_is_refused_at_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *bad = &bads[i];
		struct policy policy;
		struct policy_fault fault;

		if (policy_read(&policy, "p", bad->text, strlen(bad->text), &fault))
			fail_msg("was taken: %s", bad->text);
		if (fault.at.line != bad->line || fault.at.column != bad->column ||
		    !strstr(fault.what, bad->says))
			fail_msg("%s: %d:%d: %s", bad->text, fault.at.line, fault.at.column,
				 fault.what);
	}
}

static void what_is_no_toml_is_refused_at_its_line(void **state)
{
	static const char *const texts[] = {
		"[verdicts]\nlost = \n", "[verdicts]\nlost = 'fail\n",
		"[verdicts]\nuntil = 2030-02-30\n", "[allow]\nmessages = 1 2\n"};
	struct policy policy;
	struct policy_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(policy_read(&policy, "p", texts[i], strlen(texts[i]), &fault));
		assert_int_equal(fault.at.line, 2);
		assert_true(fault.at.column > 0);
	}
}

/* ---- a run of one process with one producer that lost `lost` messages ---- */

static struct frame frame = {.function = "OrderService::send", .file = "/src/orders.cc"};
static struct call_site site = {.frames = &frame, .depth = 1};
static struct topic topic;
static struct producer producer;
static struct finding finding;
static struct process process;
static struct run run;
static const struct signature signature = {.digits = "0123456789ab", .family = "waiting"};

static void run_make(enum verdict verdict, const char *id, int64_t lost)
{
	topic = (struct topic){.name = "orders-eu"};
	topic.tally.messages[OUTSTANDING] = lost;
	producer = (struct producer){.verdict = verdict, .topics = &topic, .topic_count = 1};
	producer.losses.certain = lost;
	producer.tally.messages[PRODUCED] = lost + 5;
	producer.tally.messages[DELIVERED] = 5;
	finding = (struct finding){
		.id = id, .verdict = verdict, .socket = UNKNOWN, .site = &site};
	finding.signature = &signature;
	process = (struct process){.exe = "/opt/bin/shop",
				   .program = "shop",
				   .judged = true,
				   .verdict = verdict,
				   .producers = &producer,
				   .producer_count = 1,
				   .findings = &finding,
				   .finding_count = 1};
	process.losses.certain = lost;
	run = (struct run){.processes = &process, .process_count = 1, .verdict = verdict};
}

static struct policy_answer decide(const char *text)
{
	struct policy policy;
	struct policy_fault fault;

	if (!policy_read(&policy, "p", text, strlen(text), &fault))
		fail_msg("%s: %d:%d: %s", text, fault.at.line, fault.at.column, fault.what);
	struct policy_answer answer = policy_decide(&policy, &run, TODAY, false);

	policy_free(&policy);
	return answer;
}

static void each_verdict_does_what_the_policy_says(void **state)
{
	char text[100];

	(void)state;
	for (int verdict = VERDICT_FAILED; verdict <= VERDICT_LOST; verdict++) {
		const char *name = verdict_name((enum verdict)verdict);
		enum verdict by_default =
			verdict == VERDICT_FAILED ? VERDICT_CLEAN : (enum verdict)verdict;

		run_make((enum verdict)verdict, "missing-flush", 3);
		assert_int_equal(decide("").failing, by_default);
		snprintf(text, sizeof(text), "[verdicts]\n%s = 'fail'\n", name);
		assert_int_equal(decide(text).failing, verdict);
		snprintf(text, sizeof(text), "[verdicts]\n%s = 'warn'\n", name);
		assert_int_equal(decide(text).failing, VERDICT_CLEAN);
		assert_int_equal(decide(text).warned, verdict);
		snprintf(text, sizeof(text), "[verdicts]\n%s = 'ignore'\n", name);
		assert_int_equal(decide(text).failing, VERDICT_CLEAN);
		assert_int_equal(decide(text).warned, VERDICT_CLEAN);
	}
}

static void failed_fails_when_nothing_arrived_unless_it_is_ignored(void **state)
{
	(void)state;
	run_make(VERDICT_FAILED, "delivery-failed", 0);
	assert_int_equal(decide("").failing, VERDICT_CLEAN);
	producer.tally.messages[DELIVERED] = 0;
	assert_int_equal(decide("").failing, VERDICT_FAILED);
	assert_int_equal(decide("[verdicts]\nfailed = 'ignore'\n").failing, VERDICT_CLEAN);
}

static void no_kafka_has_its_own_rule(void **state)
{
	(void)state;
	run_make(VERDICT_BLIND, "nothing-seen", 0);
	process.producer_count = 0;
	finding.producer = UNKNOWN;
	assert_int_equal(decide("").failing, VERDICT_BLIND);
	assert_int_equal(decide("[verdicts]\nno_kafka = 'ignore'\n").failing, VERDICT_CLEAN);
	assert_int_equal(decide("[verdicts]\nblind = 'ignore'\n").failing, VERDICT_BLIND);
	finding.id = "trace-damaged";
	assert_int_equal(decide("[verdicts]\nno_kafka = 'ignore'\n").failing, VERDICT_BLIND);
}

static void so_many_messages_are_allowed_and_no_more(void **state)
{
	(void)state;
	run_make(VERDICT_LOST, "missing-flush", 3);
	assert_int_equal(decide("[allow]\nmessages = 2\n").failing, VERDICT_LOST);
	assert_int_equal(decide("[allow]\nmessages = 3\n").failing, VERDICT_CLEAN);
	process.losses.possible = UNKNOWN;
	assert_int_equal(decide("[allow]\nmessages = 3\n").failing, VERDICT_LOST);
}

static void programs_that_do_not_matter_make_no_run_clean(void **state)
{
	struct process two[2];

	(void)state;
	run_make(VERDICT_LOST, "missing-flush", 3);
	assert_int_equal(decide("[programs]\nignore = ['sh*']\n").failing, VERDICT_BLIND);
	two[0] = process;
	two[1] = (struct process){.exe = "/bin/other", .program = "other", .judged = true};
	run.processes = two;
	run.process_count = 2;
	assert_int_equal(decide("[programs]\nignore = ['sh*']\n").failing, VERDICT_CLEAN);
	assert_int_equal(decide("[programs]\nignore = ['other']\n").failing, VERDICT_LOST);
}

#define KNOWN(rows) "[[known]]\nreason = 'ticket 7'\n" rows "\n"

static const struct known_case {
	const char *text;
	enum verdict failing;
	size_t known, expired, unused, exceeded;
} known_cases[] = {
	{KNOWN("finding = 'missing-flush'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("finding = 'racy-exit'"), VERDICT_LOST, 0, 0, 1, 0},
	{KNOWN("signature = '0123456789ab'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("signature = '0123456789ac'"), VERDICT_LOST, 0, 0, 1, 0},
	{KNOWN("frame = 'OrderService::*'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("frame = 'orders.cc'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("frame = 'order.cc'"), VERDICT_LOST, 0, 0, 1, 0},
	{KNOWN("topic = 'orders-*'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("topic = 'orders'"), VERDICT_LOST, 0, 0, 1, 0},
	{KNOWN("program = 'shop'"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("program = 'shop'\ntopic = 'x'"), VERDICT_LOST, 0, 0, 1, 0},
	{KNOWN("program = 'shop'\nmessages = 3"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("program = 'shop'\nmessages = 2"), VERDICT_LOST, 0, 0, 0, 1},
	{KNOWN("program = 'shop'\nuntil = 2030-06-15"), VERDICT_CLEAN, 1, 0, 0, 0},
	{KNOWN("program = 'shop'\nuntil = 2030-06-14"), VERDICT_LOST, 0, 1, 0, 0},
};

static void a_known_case_explains_what_it_names_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known_cases) / sizeof(*known_cases); i++) {
		const struct known_case *at = &known_cases[i];

		run_make(VERDICT_LOST, "missing-flush", 3);
		struct policy_answer answer = decide(at->text);

		if (answer.failing != at->failing || answer.known != at->known ||
		    answer.expired != at->expired || answer.unused != at->unused ||
		    answer.exceeded != at->exceeded)
			fail_msg("%s: %s, %zu known, %zu expired, %zu unused, %zu exceeded",
				 at->text, verdict_name(answer.failing), answer.known,
				 answer.expired, answer.unused, answer.exceeded);
	}
}

static void a_second_producer_is_not_explained_by_the_first(void **state)
{
	struct producer two[2];

	(void)state;
	run_make(VERDICT_LOST, "missing-flush", 3);
	two[0] = two[1] = producer;
	process.producers = two;
	process.producer_count = 2;
	assert_int_equal(decide(KNOWN("program = 'shop'")).failing, VERDICT_LOST);
	two[1].verdict = VERDICT_CLEAN;
	assert_int_equal(decide(KNOWN("program = 'shop'")).failing, VERDICT_CLEAN);
}

static void the_search_ends_at_a_repository(void **state)
{
	char *found;

	(void)state;
	scratch_shell("mkdir -p a/b/c && touch a/unflushed.toml");
	found = policy_find(scratch_path("a/b/c"));
	assert_non_null(found);
	assert_string_equal(found, scratch_path("a/unflushed.toml"));
	free(found);
	scratch_shell("mkdir a/b/.git");
	assert_null(policy_find(scratch_path("a/b/c")));
}

static void what_is_no_regular_file_is_refused(void **state)
{
	struct policy policy;
	struct policy_fault fault;

	(void)state;
	scratch_shell("mkfifo pipe");
	assert_false(policy_load(&policy, scratch_path("pipe"), &fault));
	assert_string_equal(fault.what, "is not a regular file");
	assert_false(policy_load(&policy, scratch_path("absent"), &fault));
	assert_int_equal(fault.at.line, 0);
	assert_true(
		policy_load(&policy, scratch_write("good", "[allow]\nmessages = 1\n"), &fault));
	assert_int_equal(policy.messages, 1);
	policy_free(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_policy_is_refused_at_its_place),
		cmocka_unit_test(what_is_no_toml_is_refused_at_its_line),
		cmocka_unit_test(each_verdict_does_what_the_policy_says),
		cmocka_unit_test(failed_fails_when_nothing_arrived_unless_it_is_ignored),
		cmocka_unit_test(no_kafka_has_its_own_rule),
		cmocka_unit_test(so_many_messages_are_allowed_and_no_more),
		cmocka_unit_test(programs_that_do_not_matter_make_no_run_clean),
		cmocka_unit_test(a_known_case_explains_what_it_names_and_no_more),
		cmocka_unit_test(a_second_producer_is_not_explained_by_the_first),
		cmocka_unit_test(the_search_ends_at_a_repository),
		cmocka_unit_test(what_is_no_regular_file_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
