/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_findings.c - the rules for findings: each has a trace that raises it, a
 * twin that does not, a text and a change.
 *
 * The traces are in findings/<subject>.c, one file for each
 * tools/judge/findings_<subject>.c; judge/findings/story.h says how to add one.
 * A row of findings.def without a story makes this test fail.
 *
 * compiles: tests/unit/judge/findings/[a-z]*.c
 */
#include "judge/findings.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "judge/findings/story.h"
#include "testing.h"

static const struct row {
	const char *name, *id, *change, *meaning, *how;
} table[] = {
#define FINDING(name, word, judged, about, ...) {#name, word, __VA_ARGS__},
#include "judge/findings.def"
#undef FINDING
};
#define ROWS (sizeof table / sizeof *table)

static const struct stories *const subjects[] = {
#define SUBJECT(name) &stories_##name,
	SUBJECTS(SUBJECT)
#undef SUBJECT
};
#define SUBJECT_COUNT (sizeof subjects / sizeof *subjects)

/* These need more than a trace: test_report.c raises them, and their twins not. */
static const char *const elsewhere[] = {"shim-not-loaded", "traces-in-doubt", "still-running"};

static struct run run;

static void tell(const struct story *story, bool raised)
{
	producer = NULL;
	maker_make(&maker);
	story->base();
	raised ? story->raised() : story->twin();
	maker_run(&maker, &run);
}

static void end(void)
{
	model_free(&run);
	maker_free(&maker);
}

typedef void law_fn(const struct stories *stories, size_t number);

/* A failure says which: "message.c, story 3". */
static void hold_for_every_story(law_fn *law)
{
	for (size_t i = 0; i < SUBJECT_COUNT; i++)
		for (size_t j = 0; j < subjects[i]->count; j++)
			law(subjects[i], j);
}

static void is_raised_and_its_twin_is_not(const struct stories *stories, size_t number)
{
	const struct story *story = &stories->rows[number];

	tell(story, true);
	const struct finding *finding = maker_finding(&run, story->id);
	if (!finding)
		fail_msg("%s (%s.c, story %zu) is not raised", story->id, stories->subject,
			 number);
	if (finding->verdict != story->verdict)
		fail_msg("%s (%s.c, story %zu) is %s", story->id, stories->subject, number,
			 verdict_name(finding->verdict));
	assert_true(run.verdict >= finding->verdict);
	assert_true(strlen(finding->text) > 20);
	end();

	tell(story, false);
	if (maker_finding(&run, story->id))
		fail_msg("%s (%s.c, story %zu) is raised by its twin: %s", story->id,
			 stories->subject, number, maker_finding(&run, story->id)->text);
	end();
}

static void every_finding_is_raised_and_its_twin_is_not(void **state)
{
	(void)state;
	hold_for_every_story(is_raised_and_its_twin_is_not);
}

static void has_a_finding_of_its_verdict(const struct stories *stories, size_t number)
{
	for (int raised = 0; raised < 2; raised++) {
		tell(&stories->rows[number], raised);
		const struct process *process = &run.processes[0];
		if (process->verdict != VERDICT_CLEAN &&
		    (!process->finding_count ||
		     process->findings[0].verdict != process->verdict))
			fail_msg("%s (%s.c, story %zu): %s without a finding",
				 stories->rows[number].id, stories->subject, number,
				 verdict_name(process->verdict));
		end();
	}
}

/* A verdict without an explanation is of no use; neither are two findings for one loss. */
static void every_verdict_has_a_finding_of_its_kind(void **state)
{
	(void)state;
	hold_for_every_story(has_a_finding_of_its_verdict);
}

static bool is_told(const char *id)
{
	for (size_t i = 0; i < SUBJECT_COUNT; i++)
		for (size_t j = 0; j < subjects[i]->count; j++)
			if (!strcmp(subjects[i]->rows[j].id, id))
				return true;
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (!strcmp(elsewhere[i], id))
			return true;
	return false;
}

static void every_row_has_a_story_a_text_and_a_short_change(void **state)
{
	(void)state;
	for (const struct row *row = table; row < table + ROWS; row++) {
		if (!is_told(row->id))
			fail_msg("%s has no story", row->id);
		if (strlen(row->change) > 71)
			fail_msg("the change of %s does not fit a line", row->id);
		assert_true(strlen(row->meaning) > 20);
	}
}

/* A search for an id in the sources finds its rule. */
static void every_id_is_the_name_of_its_row(void **state)
{
	(void)state;
	for (const struct row *row = table; row < table + ROWS; row++) {
		char id[64];

		snprintf(id, sizeof id, "%s", row->name);
		for (char *at = id; (at = strchr(at, '_'));)
			*at = '-';
		assert_string_equal(id, row->id);
	}
}

/* Does tools/judge/findings_<subject>.c define the rule of this row? */
static bool has_rule(const char *subject, const char *name)
{
	char path[512], rule[96], line[512];
	bool found = false;

	snprintf(path, sizeof path, PROJECT_SOURCE_DIR "/tools/judge/findings_%s.c", subject);
	snprintf(rule, sizeof rule, "bool when_%s(", name);
	FILE *source = fopen(path, "r");
	if (!source)
		fail_msg("there is no %s", path);
	while (!found && fgets(line, sizeof line, source))
		found = !strncmp(line, rule, strlen(rule));
	fclose(source);
	return found;
}

static void stands_beside_its_rule(const struct stories *stories, size_t number)
{
	const char *id = stories->rows[number].id;

	for (const struct row *row = table; row < table + ROWS; row++)
		if (!strcmp(row->id, id) && has_rule(stories->subject, row->name))
			return;
	fail_msg("the rule of %s (%s.c, story %zu) is not in tools/judge/findings_%s.c", id,
		 stories->subject, number, stories->subject);
}

/* The story of a rule in findings_socket.c is in socket.c, so that it is easy to find. */
static void every_story_stands_in_the_file_of_its_rule(void **state)
{
	(void)state;
	hold_for_every_story(stands_beside_its_rule);
}

static void the_text_has_the_numbers_and_the_end(void **state)
{
	const struct story story = {.base = story_outstanding, .raised = story_as_it_is};

	(void)state;
	tell(&story, true);
	const char *text = maker_finding(&run, "missing-flush")->text;
	assert_non_null(strstr(text, "600 of 1,000 messages, 5.9 KiB (6,000 bytes),"));
	assert_non_null(strstr(text, "exit()"));
	assert_non_null(strstr(text, "it never called flush"));
	end();
}

static void finds_aiokafka(void)
{
	maker.process->python_clients = maker_string(&maker, "aiokafka 0.14.0\n");
}

/* Not "use librdkafka": what it uses is known, and it got nowhere. */
static void a_client_that_got_no_producer_to_work_is_named(void **state)
{
	const struct story story = {.base = story_nothing, .raised = finds_aiokafka};

	(void)state;
	tell(&story, true);
	const struct finding *finding = maker_finding(&run, "nothing-seen");

	assert_non_null(strstr(finding->text, "aiokafka 0.14.0 was found"));
	assert_null(strstr(finding->change, "doctor"));
	end();
}

static void go_made_a_producer(void)
{
	producer = maker_producer(&maker);
	maker_producer_more(&maker, producer)->binding = BINDING_GO;
}

/* Judged where the program's file is not: not "call Produce() instead", which it may do. */
static void who_cannot_read_gos_program_is_told_where_it_could(void **state)
{
	const struct story story = {.base = story_nothing, .raised = go_made_a_producer};

	(void)state;
	tell(&story, true);
	const struct finding *finding = maker_finding(&run, "channel-unseen");

	assert_non_null(strstr(finding->text, "could not be read"));
	assert_non_null(strstr(finding->change, "the program's file"));
	assert_null(strstr(finding->change, "Produce()"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_is_raised_and_its_twin_is_not),
		cmocka_unit_test(every_verdict_has_a_finding_of_its_kind),
		cmocka_unit_test(every_row_has_a_story_a_text_and_a_short_change),
		cmocka_unit_test(every_id_is_the_name_of_its_row),
		cmocka_unit_test(every_story_stands_in_the_file_of_its_rule),
		cmocka_unit_test(the_text_has_the_numbers_and_the_end),
		cmocka_unit_test(a_client_that_got_no_producer_to_work_is_named),
		cmocka_unit_test(who_cannot_read_gos_program_is_told_where_it_could),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
