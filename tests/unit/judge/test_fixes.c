/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fixes.c - a fix is worded for the caller's language, and names the line
 * to change.
 */
#include "judge/findings.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"
#include "judge/language.h"

static struct maker maker;
static struct run run;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static const struct finding *raised(const char *id)
{
	model_free(&run);
	maker_run(&maker, &run);
	const struct finding *finding = maker_finding(&run, id);
	if (!finding)
		fail_msg("%s is not raised", id);
	return finding;
}

static void assert_speaks(const struct finding *finding, const char *words)
{
	if (!strstr(finding->change, words))
		fail_msg("'%s' is not in '%s'", words, finding->change);
}

static void the_change_speaks_the_language_of_the_call_site(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	assert_speaks(raised("missing-flush"), "producer.flush()");
	assert_string_equal(raised("missing-flush")->worded_language, "python");
	assert_string_equal(raised("missing-flush")->worded_client, "confluent-kafka");
	maker.sites[0].language = LANGUAGE_C;
	assert_speaks(raised("missing-flush"), "rd_kafka_flush()");
	assert_string_equal(raised("missing-flush")->worded_language, "c");
	maker.sites[0].frames[0].function = maker_string(&maker, "send(RdKafka::Producer*)");
	assert_speaks(raised("missing-flush"), "producer->flush(10000)");
}

/* Where it says nothing of its own, it speaks as the library does in Python. */
static void an_asyncio_producer_is_awaited(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.producers[0].flags |= PRODUCER_ASYNCIO;
	assert_speaks(raised("missing-flush"), "await producer.close()");
	maker.process->how = HOW_EXEC;
	assert_speaks(raised("exec-in-flight"), "os.exec*()");
}

static void cpp_is_known_by_its_library_too(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.sites[0].language = LANGUAGE_C;
	maker.modules[0] = (struct trace_module){
		.state = 1, .path = maker_string(&maker, "/usr/lib/librdkafka++.so.1")};
	maker.header->sections[SECTION_MODULE - 1].used = 1;
	assert_speaks(raised("missing-flush"), "rd_kafka_flush()");
	maker.sites[0].frames[0].module = 1;
	assert_speaks(raised("missing-flush"), "producer->flush(10000)");
}

static void other_clients_have_their_own_words(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 1000, 50);

	producer->client = CLIENT_KAFKA_PYTHON;
	assert_speaks(raised("missing-flush"), "producer.close()");
	producer->client = CLIENT_AIOKAFKA;
	assert_speaks(raised("missing-flush"), "await producer.stop()");
	producer->client = CLIENT_KAFKA_CLIENTS;
	assert_speaks(raised("missing-flush"), "close()");
}

static void an_interpreter_is_known_where_the_line_is_not(void **state)
{
	(void)state;
	maker_story(&maker, 1000, 50);
	maker.cells[0].site = 0;
	assert_speaks(raised("missing-flush"), "rd_kafka_flush()");
	maker.process->exe = maker_string(&maker, "/usr/bin/python3.11");
	assert_speaks(raised("missing-flush"), "producer.flush()");
	assert_int_equal(voice_of(&run.processes[0], NULL), VOICE_PYTHON);
}

static const struct {
	enum finding_kind kind;
	const char *change, *meaning, *how;
} findings[] = {
#define FINDING(name, word, judged, about, ...) {FINDING_##name, __VA_ARGS__},
#include "judge/findings.def"
#undef FINDING
};
#define FINDINGS (sizeof findings / sizeof *findings)

static const struct {
	enum finding_kind kind;
	enum voice voice;
	const char *change, *how;
} fixes[] = {
#define FIX(name, speaks, ...) {FINDING_##name, VOICE_##speaks, __VA_ARGS__},
#include "judge/fixes.def"
#include "judge/fixes_bindings.def"
#undef FIX
};
#define FIXES (sizeof fixes / sizeof *fixes)

/* Python has words of its own for whatever C's function names stand in. */
static void python_is_never_told_to_call_a_c_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < FINDINGS; i++) {
		bool told = !strstr(findings[i].change, "rd_kafka_");

		for (size_t j = 0; j < FIXES; j++)
			told |= fixes[j].kind == findings[i].kind &&
				fixes[j].voice == VOICE_PYTHON;
		if (!told)
			fail_msg("'%s' has no words for Python", findings[i].change);
	}
	for (size_t j = 0; j < FIXES; j++) {
		if (strlen(fixes[j].change) > 71)
			fail_msg("'%s' does not fit a line", fixes[j].change);
		assert_null(strstr(fixes[j].change, "rd_kafka_"));
		assert_null(strstr(fixes[j].how, "rd_kafka_"));
	}
}

static bool has_words(enum finding_kind kind, enum voice voice)
{
	for (size_t j = 0; j < FIXES; j++)
		if (fixes[j].kind == kind && fixes[j].voice == voice)
			return true;
	return voice == VOICE_ASYNCIO && has_words(kind, VOICE_PYTHON);
}

/* How a producer ends, and who is told, is a matter of each client's own calls. */
static void every_client_has_its_own_words_for_its_end(void **state)
{
	static const enum finding_kind kinds[] = {
		FINDING_missing_flush,
		FINDING_flush_timeout,
		FINDING_destroy_without_flush,
		FINDING_exit_in_flight,
		FINDING_ended_in_flush,
		FINDING_killed_in_flight,
		FINDING_racy_exit,
		FINDING_waits_unproven,
		FINDING_failed_unseen,
		FINDING_rejected_not_retried,
		FINDING_open_transaction,
		FINDING_fenced,
		FINDING_fatal_error,
		FINDING_aborted_transaction,
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (enum voice voice = VOICE_CPP; voice <= VOICE_DOTNET; voice++)
			if (!has_words(kinds[i], voice))
				fail_msg("'%s' has no words for voice %d",
					 findings[kinds[i]].change, (int)voice);
	/* These two purge when they are dropped. */
	assert_true(has_words(FINDING_dropped_by_wrapper, VOICE_RUST));
	assert_true(has_words(FINDING_dropped_by_wrapper, VOICE_PHP));
}

static void a_binding_is_spoken_to_in_its_language(void **state)
{
	static const struct {
		enum trace_binding binding;
		const char *words;
	} bindings[] = {
		{BINDING_RUST, "flush(Duration)"},
		{BINDING_PHP, "$producer->flush"},
		{BINDING_GO, "p.Flush(10000)"},
		{BINDING_NODE, "producer.flush(10000, cb)"},
		{BINDING_DOTNET, "producer.Flush(TimeSpan)"},
		{BINDING_MADE, "rd_kafka_flush()"},
	};
	struct trace_producer_more *more =
		maker_producer_more(&maker, maker_story(&maker, 1000, 50));

	(void)state;
	maker.sites[0].language = LANGUAGE_C;
	for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
		more->binding = bindings[i].binding;
		assert_speaks(raised("missing-flush"), bindings[i].words);
	}
	/* Of Rust's client the binding is known only when a message comes to a bad end. */
	more->binding = BINDING_NONE;
	maker.sites[0].frames[0].function =
		maker_string(&maker, "rdkafka::producer::base_producer::BaseProducer<C>::send");
	assert_speaks(raised("missing-flush"), "flush(Duration)");
}

/* A meaning stands for every language, so it names no language's function. */
static void the_meaning_is_the_same_for_everybody(void **state)
{
	(void)state;
	for (size_t i = 0; i < FINDINGS; i++)
		for (size_t j = 0; j < FIXES; j++)
			if (fixes[j].kind == findings[i].kind &&
			    strstr(findings[i].meaning, "rd_kafka_"))
				fail_msg("'%s' speaks C alone", findings[i].meaning);
}

/* Is a sentence of `text` in `other`? */
static bool repeats(const char *text, const char *other)
{
	char sentence[600];

	while (*text) {
		size_t length = strcspn(text, ".:;");

		snprintf(sentence, sizeof sentence, "%.*s", (int)length, text);
		if (length > 20 && strstr(other, sentence))
			return true;
		text += length + strspn(text + length, ".:; ");
	}
	return false;
}

static void no_language_says_the_meaning_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < FINDINGS; i++)
		for (size_t j = 0; j < FIXES; j++)
			if (repeats(findings[i].meaning, fixes[j].how))
				fail_msg("'%s' says '%s' again", fixes[j].how,
					 findings[i].meaning);
}

static void the_fix_is_the_meaning_and_then_the_how(void **state)
{
	char words[1000];

	(void)state;
	maker_story(&maker, 1000, 50);
	const char *fix = raised("missing-flush")->fix;

	for (size_t j = 0; j < FIXES; j++)
		if (fixes[j].kind == FINDING_missing_flush && fixes[j].voice == VOICE_PYTHON)
			snprintf(words, sizeof words, "%s %s",
				 findings[FINDING_missing_flush].meaning, fixes[j].how);
	assert_string_equal(fix, words);
}

/* 900 from one line, of which all arrived, and 100 from another, which did not. */
static void the_site_that_lost_is_named_and_not_the_busiest(void **state)
{
	(void)state;
	maker_story(&maker, 900, 0);
	maker_count(&maker.cells[0].counts, COUNT_DELIVERED, 900);
	maker_site(&maker, "audit.py", 7);
	struct trace_cell *cell = maker_cell(&maker, 0, 2);

	maker_count(&cell->counts, COUNT_SENT, 100);
	const struct finding *finding = raised("missing-flush");
	assert_non_null(finding->site);
	assert_int_equal(finding->site->outstanding, 100);
	assert_non_null(strstr(
		finding->text,
		" 100 of the 100 that never arrived came from send_orders at audit.py:7."));
}

static void refused_messages_name_their_own_site(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 900, 900), 900);
	maker_site(&maker, "audit.py", 7);
	maker_count(&maker_cell(&maker, 0, 2)->counts, COUNT_REJECTED, 5);
	const struct finding *finding = raised("rejected-not-retried");
	assert_non_null(strstr(finding->text, "audit.py:7"));
}

static void a_site_that_is_not_known_is_not_named(void **state)
{
	(void)state;
	maker_story(&maker, 900, 50);
	maker.cells[0].site = 0;
	const struct finding *finding = raised("missing-flush");
	assert_null(finding->site);
	assert_null(strstr(finding->text, "came from"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_change_speaks_the_language_of_the_call_site),
		TEST(an_asyncio_producer_is_awaited),
		TEST(cpp_is_known_by_its_library_too),
		TEST(other_clients_have_their_own_words),
		TEST(an_interpreter_is_known_where_the_line_is_not),
		TEST(python_is_never_told_to_call_a_c_function),
		TEST(every_client_has_its_own_words_for_its_end),
		TEST(a_binding_is_spoken_to_in_its_language),
		TEST(the_meaning_is_the_same_for_everybody),
		TEST(no_language_says_the_meaning_again),
		TEST(the_fix_is_the_meaning_and_then_the_how),
		TEST(the_site_that_lost_is_named_and_not_the_busiest),
		TEST(refused_messages_name_their_own_site),
		TEST(a_site_that_is_not_known_is_not_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
