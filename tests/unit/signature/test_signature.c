/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_signature.c - when two faults are the same, and groups of the same
 * faults.
 */
#include "signature/signature.h"

#include <string.h>

#include "signature/groups.h"
#include "testing.h"

#define SECOND INT64_C(1000000000)

/* A process of orders.py with a producer that lost what it produced to `topic`. */
static struct stage {
	struct process processes[3];
	struct producer producers[3];
	struct finding findings[3];
	struct call_site sites[3][2];
	struct frame frames[3][2][3];
	struct topic topics[3][2];
	const char *argv[3][2];
	struct run run;
} now;

static void process_stage(size_t at, const char *id, enum verdict verdict, int64_t certain)
{
	struct frame *frames = now.frames[at][0];

	frames[0] = (struct frame){"rd_kafka_produce", "rdkafka.c", 9, NULL, 0, ORIGIN_CLIENT};
	frames[1] = (struct frame){"Bus.publish", "/srv/a/bus.py", 5, NULL, 0, ORIGIN_USER};
	frames[2] = (struct frame){"main", "/srv/a/orders.py", 40, NULL, 0, ORIGIN_USER};
	now.sites[at][0] = (struct call_site){.frames = frames, .depth = 3, .place = 1};
	now.topics[at][0] = (struct topic){.name = "orders-1"};
	now.argv[at][0] = "python3";
	now.argv[at][1] = "/srv/a/orders.py";
	now.producers[at] = (struct producer){
		.sites = now.sites[at],
		.site_count = 1,
		.topics = now.topics[at],
		.topic_count = 1,
		.losses = {.certain = certain, .possible = 1},
		.verdict = verdict,
	};
	now.findings[at] = (struct finding){
		.id = id,
		.verdict = verdict,
		.producer = 0,
		.socket = UNKNOWN,
		.site = &now.sites[at][0],
	};
	now.processes[at] = (struct process){
		.exe = "/usr/bin/python3.11",
		.argv = now.argv[at],
		.argc = 2,
		.start_realtime_ns = (int64_t)at * 10 * SECOND,
		.duration_ns = SECOND,
		.producers = &now.producers[at],
		.producer_count = 1,
		.findings = &now.findings[at],
		.finding_count = 1,
		.judged = true,
		.verdict = verdict,
	};
}

static int setup(void **state)
{
	(void)state;
	memset(&now, 0, sizeof now);
	process_stage(0, "missing-flush", VERDICT_LOST, 7);
	process_stage(1, "racy-exit", VERDICT_RACY, 0);
	process_stage(2, "failed-unseen", VERDICT_LOST, 20);
	now.run.processes = now.processes;
	now.run.process_count = 3;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	now.run.processes = NULL; /* ours */
	now.run.process_count = 0;
	model_free(&now.run);
	return 0;
}

static const struct signature *given(size_t at)
{
	return now.findings[at].signature;
}

static void make(void)
{
	signature_give(&now.run);
	groups_make(&now.run);
}

static void all_parts_are_there(void **state)
{
	(void)state;
	make();
	assert_string_equal(given(0)->family, "waiting");
	assert_string_equal(given(2)->family, "failed-unseen");
	assert_string_equal(given(0)->program, "orders.py");
	assert_string_equal(given(0)->functions[0], "Bus.publish");
	assert_string_equal(given(0)->files[0], "bus.py");
	assert_string_equal(given(0)->functions[1], "main");
	assert_string_equal(given(0)->files[1], "orders.py");
	assert_string_equal(given(0)->topic, "orders-*");
	assert_false(given(0)->unstable);
	assert_int_equal(strspn(given(0)->digits, "0123456789abcdef"), SIGNATURE_DIGITS);
}

/* Written down: who has named it in a file finds it again with the next version of this. */
static void the_digits_of_known_parts_do_not_change(void **state)
{
	(void)state;
	make();
	assert_string_equal(given(0)->digits, "73355ffceed5");
}

/* Which of the family it is, is decided by time. */
static void what_differs_from_run_to_run_differs_not(void **state)
{
	(void)state;
	now.argv[1][1] = "/home/somebody/checkout/orders.py";
	now.frames[1][0][1].file = "/home/somebody/checkout/bus.py";
	now.frames[1][0][1].line = 77;
	now.topics[1][0].name = "orders-2";
	make();
	assert_string_equal(given(0)->digits, given(1)->digits);
	assert_true(signature_is(given(0), given(1)));
}

static void expect_another(void)
{
	make();
	assert_string_not_equal(given(0)->digits, given(1)->digits);
	assert_false(signature_is(given(0), given(1)));
	teardown(NULL);
	setup(NULL);
}

static void each_part_makes_another(void **state)
{
	(void)state;
	now.argv[1][1] = "audit.py";
	expect_another();
	now.frames[1][0][1].function = "Bus.send";
	expect_another();
	now.frames[1][0][2].function = "audit";
	expect_another();
	now.frames[1][0][2].file = "audit.py";
	expect_another();
	now.topics[1][0].name = "audits";
	expect_another();
	now.findings[1].id = "failed-unseen";
	expect_another();
}

/* Line 40 of main() had another turn this time: the producer was made where it always is. */
static void of_the_waiting_family_the_line_is_where_the_producer_was_made(void **state)
{
	static struct frame made_frames[] = {
		{"Bus.__init__", "bus.py", 3, NULL, 0, ORIGIN_USER},
		{"main", "orders.py", 39, NULL, 0, ORIGIN_USER},
	};
	static struct call_site made = {.frames = made_frames, .depth = 2};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		now.producers[i].made = &made;
	now.frames[1][0][1].function = "Bus.another";
	make();
	assert_string_equal(given(0)->functions[0], "Bus.__init__");
	assert_true(signature_is(given(0), given(1)));
	assert_string_equal(given(2)->functions[0], "Bus.publish"); /* it blames a line */
}

/* An older trace: of several lines the same one, whichever lost most this time. */
static void without_that_it_is_the_first_by_name(void **state)
{
	struct frame other = {"audit", "/srv/a/audit.py", 4, NULL, 0, ORIGIN_USER};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		now.frames[i][1][0] = other;
		now.sites[i][1] =
			(struct call_site){.frames = now.frames[i][1], .depth = 1, .place = 0};
		now.producers[i].site_count = 2;
	}
	struct call_site most = now.sites[1][0];

	now.sites[1][0] = now.sites[1][1];
	now.sites[1][1] = most;
	make();
	assert_string_equal(given(0)->files[0], "audit.py");
	assert_true(signature_is(given(0), given(1)));
}

static void of_a_function_that_calls_itself_one_is_named(void **state)
{
	(void)state;
	now.frames[0][0][0] = now.frames[0][0][1];
	now.sites[0][0].place = 0;
	make();
	assert_true(signature_is(given(0), given(1)));
}

static void an_address_is_unstable(void **state)
{
	(void)state;
	now.frames[0][0][1] =
		(struct frame){.module = "/usr/lib/libbus.so.1", .offset = 0x1234};
	make();
	assert_string_equal(given(0)->functions[0], "libbus.so.1+0x1234");
	assert_true(given(0)->unstable);
}

static void several_topics_are_a_star(void **state)
{
	(void)state;
	now.topics[0][1].name = "orders-7"; /* the same, but for its number */
	now.producers[0].topic_count = 2;
	make();
	assert_string_equal(given(0)->topic, "orders-*");
	now.topics[0][1].name = "audits";
	make();
	assert_string_equal(given(0)->topic, "*");
}

static void a_finding_of_no_producer_has_neither_line_nor_topic(void **state)
{
	(void)state;
	now.findings[0].producer = UNKNOWN;
	now.findings[0].id = "nothing-seen";
	make();
	assert_null(given(0)->functions[0]);
	assert_null(given(0)->topic);
	assert_string_equal(given(0)->program, "orders.py");
}

/* ---- groups ---- */

static void what_has_one_signature_is_one_group(void **state)
{
	(void)state;
	make();
	assert_int_equal(now.run.group_count, 2);
	const struct group *worst = &now.run.groups[0], *other = &now.run.groups[1];

	assert_string_equal(worst->finding->id, "failed-unseen"); /* as bad, and more of it */
	assert_int_equal(worst->losses.certain, 20);
	assert_int_equal(worst->process_count, 1);
	assert_int_equal(other->verdict, VERDICT_LOST);
	assert_ptr_equal(other->finding, &now.findings[0]); /* not that of the racy one */
	assert_ptr_equal(other->process, &now.processes[0]);
	assert_int_equal(other->losses.certain, 7);
	assert_int_equal(other->losses.possible, 2);
	assert_int_equal(other->process_count, 2);
	assert_int_equal(other->first_ns, SECOND);
	assert_int_equal(other->last_ns, 11 * SECOND);
}

/* Digits are short: where they are equal by chance the parts tell them apart. */
static void equal_digits_of_unlike_parts_are_two_groups(void **state)
{
	(void)state;
	now.frames[1][0][1].function = "Bus.send";
	signature_give(&now.run);
	for (size_t i = 0; i < 3; i++)
		strcpy(((struct signature *)(uintptr_t)given(i))->digits, "0123456789ab");
	groups_make(&now.run);
	assert_int_equal(now.run.group_count, 3);
}

/* A process that left no producer, and one whose producer is well: they count by their own. */
static void a_process_counts_by_its_own_finding(void **state)
{
	(void)state;
	now.processes[0].producer_count = 0;
	now.findings[0].producer = UNKNOWN;
	now.findings[2].producer = UNKNOWN;
	now.producers[2].losses = (struct losses){0};
	make();
	assert_int_equal(now.run.group_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(now.run.groups[i].process_count, 1);
}

/* No loss without a group: though no finding is of this producer alone. */
static void what_is_lost_is_in_a_group(void **state)
{
	int64_t certain = 0;

	(void)state;
	now.findings[2].producer = UNKNOWN;
	make();
	for (size_t i = 0; i < now.run.group_count; i++)
		certain += now.run.groups[i].losses.certain;
	assert_int_equal(certain, 27);
}

static void what_has_no_kafka_counts_only_where_nothing_else_is(void **state)
{
	(void)state;
	now.processes[0].judged = false;
	now.run.without_kafka = 1;
	make();
	for (size_t i = 0; i < now.run.group_count; i++)
		assert_int_equal(now.run.groups[i].process_count, 1);
	for (size_t i = 0; i < 3; i++)
		now.processes[i].judged = false;
	now.run.without_kafka = 3;
	make();
	assert_int_equal(now.run.group_count, 2);
	assert_int_equal(now.run.groups[1].process_count, 2);
}

static void remarks_make_no_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		now.findings[i].verdict = VERDICT_CLEAN;
		now.producers[i].losses = (struct losses){0};
	}
	make();
	assert_int_equal(now.run.group_count, 0);
	assert_non_null(given(0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(all_parts_are_there),
		TEST(the_digits_of_known_parts_do_not_change),
		TEST(what_differs_from_run_to_run_differs_not),
		TEST(each_part_makes_another),
		TEST(of_the_waiting_family_the_line_is_where_the_producer_was_made),
		TEST(without_that_it_is_the_first_by_name),
		TEST(of_a_function_that_calls_itself_one_is_named),
		TEST(an_address_is_unstable),
		TEST(several_topics_are_a_star),
		TEST(a_finding_of_no_producer_has_neither_line_nor_topic),
		TEST(what_has_one_signature_is_one_group),
		TEST(equal_digits_of_unlike_parts_are_two_groups),
		TEST(a_process_counts_by_its_own_finding),
		TEST(what_is_lost_is_in_a_group),
		TEST(what_has_no_kafka_counts_only_where_nothing_else_is),
		TEST(remarks_make_no_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
