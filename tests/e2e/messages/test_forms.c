/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_forms.c - librdkafka in every form in which a process can load it.
 *
 * However it was loaded and however its functions were found, each message is
 * counted once, for the copy that accepted it.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 100
#define SHARED "librdkafka.so.1"
#define HASHED PATH_MODULES "/librdkafka-0f3a91c2.so.1"

static void expect_counts(const struct story *story, int64_t produced)
{
	assert_int_equal(story_count(story, "produced"), produced);
	assert_int_equal(story_count(story, "delivered"), produced);
	assert_int_equal(story->arrived, produced);
}

static const char *linkage(const struct story *story, int index)
{
	char path[80];

	snprintf(path, sizeof(path), "processes.0.layers.librdkafka.%d.linkage", index);
	return json_text(story->summary, path);
}

/* Flushed: clean and exact. Not flushed: lost, and everything was seen. */
static void module_is_counted(const char *how, const char *module, const char *expected)
{
	struct story story = story_of("modules");

	if (strstr("hashed addon", module))
		story_needs("librdkafka.a");
	story_tell(&story, "@ %d flush %s " PATH_MODULES "/%s.so", COUNT, how, module);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, COUNT);
	assert_string_equal(linkage(&story, 0), expected);
	story_end(&story);

	story = story_of("modules");
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ %d forget %s " PATH_MODULES "/%s.so", COUNT, how, module);
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), COUNT);
	story_expect_truth(&story);
	story_end(&story);
}

static void a_module_opened_privately(void **state)
{
	(void)state;
	module_is_counted("local", "plain", "private");
}

static void a_module_bound_at_once(void **state)
{
	(void)state;
	module_is_counted("local", "now", "private");
}

static void a_module_bound_lazily(void **state)
{
	(void)state;
	module_is_counted("local", "lazy", "private");
}

static void a_symbolic_module(void **state)
{
	(void)state;
	module_is_counted("local", "symbolic", "private");
}

static void a_copy_with_a_hashed_name(void **state)
{
	(void)state;
	module_is_counted("local", "hashed", "private");
}

static void an_addon_with_librdkafka_inside(void **state)
{
	(void)state;
	module_is_counted("local", "addon", "addon");
}

static void a_module_opened_deepbind(void **state)
{
	(void)state;
	module_is_counted("deepbind", "plain", "private");
}

static void a_module_opened_deepbind_bound_at_once(void **state)
{
	(void)state;
	module_is_counted("deepbind", "now", "private");
}

static void an_addon_opened_deepbind(void **state)
{
	(void)state;
	module_is_counted("deepbind", "addon", "addon");
}

/* Its calls to itself are bound at link time: nothing can stand between.
 * The wire says so, and never "clean". */
static void a_symbolic_addon_is_out_of_reach_and_not_clean(void **state)
{
	struct story story = story_of("modules");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&story, "@ %d flush local " PATH_MODULES "/addon_symbolic.so", COUNT);
	story_expect(&story, "blind", NULL);
	assert_int_equal(story.arrived, COUNT);
	story_end(&story);
}

static void three_copies_in_one_process(void **state)
{
	struct story story = story_of("modules");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&story,
		   "@ %d flush local " PATH_MODULES "/plain.so " PATH_MODULES
		   "/hashed.so " PATH_MODULES "/addon.so " PATH_MODULES "/now.so",
		   COUNT);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 4 * COUNT);
	assert_int_equal(
		json_array_size(json_path(story.summary, "processes.0.layers.librdkafka")), 3);
	story_end(&story);
}

static void functions_taken_with_dlsym(void **state)
{
	struct story story = story_of("dlsym");

	(void)state;
	story_tell(&story, "@ %d flush " SHARED, COUNT);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, COUNT);
	assert_string_equal(linkage(&story, 0), "dlsym");
	story_end(&story);

	story = story_of("dlsym");
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ %d forget " SHARED, COUNT);
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), COUNT);
	story_expect_truth(&story);
	story_end(&story);
}

/* The caller is the same, message by message; only what was asked of dlsym
 * tells which copy is meant. */
static void two_copies_taken_with_dlsym_by_one_caller(void **state)
{
	struct story story = story_of("dlsym");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&story, "@ %d flush " SHARED " " HASHED, COUNT);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 2 * COUNT);
	assert_int_equal(
		json_array_size(json_path(story.summary, "processes.0.layers.librdkafka")), 2);
	story_end(&story);
}

static void ctypes(void **state)
{
	struct story story = story_of("ctypes_flushes.py");

	(void)state;
	story_tell(&story, "@ %d flush", COUNT);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, COUNT);
	story_end(&story);

	story = story_of("ctypes_flushes.py");
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ %d forget", COUNT);
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), COUNT);
	story_end(&story);
}

static void without_the_auditor_dlsym_is_not_called_clean(void **state)
{
	struct story story = story_of("dlsym");

	(void)state;
	story.options = "--no-audit";
	story_tell(&story, "@ %d flush " SHARED, COUNT);
	story_expect(&story, "blind", NULL);
	story_end(&story);
}

/* Without the tool and without a preload: the configuration names the shim. */
static json_t *plugin_tell(const char *plugin, const char *end, int64_t *arrived)
{
	char *folder = scratch_name(".d"), *command;
	struct broker *broker = broker_start();
	json_error_t error;

	if (strcmp(end, "forget") == 0)
		broker_rtt(broker, 1000); /* none gets out, however slow the machine */
	assert_true(asprintf(&command,
			     "/usr/bin/env UNFLUSHED_DIR=%s " PATH_HOSTS "/%s @ " PATH_SHIM
			     " %d %s",
			     folder, plugin, COUNT, end) > 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	struct ended host = program_run(command, broker_address(broker));
	assert_int_equal(exit_code(&host), 0);
	ended_free(&host);
	*arrived = broker_messages(broker);
	broker_stop(broker);

	struct ended report = tool_run("report --format json %s", folder);
	json_t *summary = json_loads(report.out, 0, &error);
	assert_non_null(summary);
	law_assert(summary);
	ended_free(&report);
	free(folder);
	free(command);
	return summary;
}

static void as_a_plugin_messages_and_reports_are_counted(void **state)
{
	int64_t arrived;
	json_t *summary = plugin_tell("plugin", "reports", &arrived);
	const char *producer = "processes.0.producers.0.";
	char path[80];

	(void)state;
	/* The calls that took the reports go past a guest that is not preloaded. */
	assert_string_equal(json_text(summary, "verdict"), "unproven");
	assert_int_equal(arrived, COUNT);
	snprintf(path, sizeof(path), "%smessages.delivered", producer);
	assert_int_equal(json_number(summary, path), COUNT);
	snprintf(path, sizeof(path), "%sreports_unserved", producer);
	assert_int_equal(json_number(summary, path), 0);
	json_decref(summary);
}

/* Its flush goes past the guest: not accused, and not called clean. */
static void as_a_plugin_a_flush_is_not_seen_and_not_doubted(void **state)
{
	int64_t arrived;
	json_t *summary = plugin_tell("plugin", "flush", &arrived);

	(void)state;
	assert_string_equal(json_text(summary, "verdict"), "blind");
	assert_int_equal(arrived, COUNT);
	assert_true(json_is_unknown(summary, "processes.0.producers.0.waited"));
	json_decref(summary);
}

static void as_a_plugin_a_loss_is_a_loss(void **state)
{
	int64_t arrived;
	json_t *summary = plugin_tell("plugin", "forget", &arrived);

	(void)state;
	assert_string_equal(json_text(summary, "verdict"), "lost");
	assert_int_equal(json_number(summary, "processes.0.producers.0.messages.produced"),
			 COUNT);
	json_decref(summary);
}

/* The program runs when its librdkafka opens the guest: its code is not written then. */
static void as_a_plugin_of_a_linked_one_its_code_is_left_alone(void **state)
{
	static const char *const ends[] = {"flush", "reports"};

	(void)state;
	story_needs("librdkafka.a");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		int64_t arrived;
		json_t *summary = plugin_tell("linked/plugin", ends[i], &arrived);

		assert_int_equal(arrived, COUNT);
		assert_string_equal(json_text(summary, "verdict"), "blind");
		json_decref(summary);
	}
}

static void a_plugin_that_is_preloaded_as_well_counts_once(void **state)
{
	struct story story = story_of("plugin");

	(void)state;
	story_tell(&story, "@ " PATH_SHIM " %d flush", COUNT);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, COUNT);
	story_end(&story);
}

/* Its functions are found in .symtab, or in .dynsym, or by the archive that it was linked with.
 */
static void linked_into_the_executable_it_is_counted(void **state)
{
	static const char *const hosts[] = {"static_librdkafka", "static_exported",
					    "static_stripped", "static_asan", "static_lto"};

	(void)state;
	story_needs("librdkafka.a");
	/* What it forgets is a leak now and then, by what a thread's registers hold. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct story story = story_of(hosts[i]);

		story_tell(&story, "@ 100 0");
		story_expect(&story, "lost", "missing-flush");
		assert_int_equal(story_count(&story, "produced"), 100);
		assert_int_equal(story_count(&story, "delivered"), story.arrived);
		assert_string_equal(
			json_text(story.summary, "processes.0.layers.librdkafka.0.linkage"),
			"static");
		story_end(&story);
	}
	unsetenv("ASAN_OPTIONS");
}

/* Parent and child each count their own, and wait for it. */
static void linked_a_child_with_its_own_producer_is_counted_too(void **state)
{
	struct story story = story_of("linked/fork_child_own");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&story, "@ 100");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story.arrived, 200);
	for (int i = 0; i < 2; i++) {
		char path[80];

		snprintf(path, sizeof(path), "processes.%d.producers.0.messages.delivered", i);
		assert_int_equal(json_number(story.summary, path), 100);
	}
	story_end(&story);
}

static void linked_a_child_that_uses_its_parents_producer_is_caught(void **state)
{
	struct story story = story_of("linked/forks_then_produces");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&story, "@ 10");
	story_expect(&story, "lost", "produced-after-fork");
	story_end(&story);
}

static void expect_wire_only(struct story *story)
{
	assert_string_equal(story_verdict(story), "blind");
	assert_true(json_is_true(json_path(story->summary, "processes.0.layers.wire")));
	assert_int_equal(
		json_array_size(json_path(story->summary, "processes.0.layers.librdkafka")), 0);
	story_end(story);
}

/* If its functions are not found, or UNFLUSHED_PROBE_LINKED is off, only its connections are
 * seen. */
static void linked_and_not_reached_it_is_blind(void **state)
{
	struct story stripped = story_of("static_numberless"), left = story_of("/usr/bin/env");

	(void)state;
	story_needs("librdkafka.a");
	story_tell(&stripped, "@ 100 500");
	assert_true(story_has(&stripped, "librdkafka-static"));
	expect_wire_only(&stripped);
	story_tell(&left,
		   "UNFLUSHED_PROBE_LINKED=off " PATH_HOSTS "/static_librdkafka @ 100 500");
	expect_wire_only(&left);
}

/* By systemd's MemoryDenyWriteExecute= a program may not write into its code: its
 * messages are counted nevertheless, and it runs as without the shim (the host law). */
static void linked_where_code_may_not_be_written_it_is_counted(void **state)
{
	static const char *const ways[] = {"mdwe", "filter"};

	(void)state;
	story_needs("librdkafka.a");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct story story = story_of("keeps_code");

		story_tell(&story, "%s " PATH_HOSTS "/static_librdkafka @ 100 0", ways[i]);
		if (exit_code(&story.plain) == 77) { /* PR_SET_MDWE is Linux 6.3's */
			print_message("SKIPPED: %s: %s", ways[i], story.plain.err);
			story_end(&story);
			continue;
		}
		story_expect(&story, "lost", "missing-flush");
		assert_int_equal(story_count(&story, "produced"), 100);
		assert_int_equal(story_count(&story, "delivered"), story.arrived);
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_opened_privately),
		cmocka_unit_test(a_module_bound_at_once),
		cmocka_unit_test(a_module_bound_lazily),
		cmocka_unit_test(a_symbolic_module),
		cmocka_unit_test(a_copy_with_a_hashed_name),
		cmocka_unit_test(an_addon_with_librdkafka_inside),
		cmocka_unit_test(a_module_opened_deepbind),
		cmocka_unit_test(a_module_opened_deepbind_bound_at_once),
		cmocka_unit_test(an_addon_opened_deepbind),
		cmocka_unit_test(a_symbolic_addon_is_out_of_reach_and_not_clean),
		cmocka_unit_test(three_copies_in_one_process),
		cmocka_unit_test(functions_taken_with_dlsym),
		cmocka_unit_test(two_copies_taken_with_dlsym_by_one_caller),
		cmocka_unit_test(ctypes),
		cmocka_unit_test(without_the_auditor_dlsym_is_not_called_clean),
		cmocka_unit_test(as_a_plugin_messages_and_reports_are_counted),
		cmocka_unit_test(as_a_plugin_a_flush_is_not_seen_and_not_doubted),
		cmocka_unit_test(as_a_plugin_a_loss_is_a_loss),
		cmocka_unit_test(as_a_plugin_of_a_linked_one_its_code_is_left_alone),
		cmocka_unit_test(a_plugin_that_is_preloaded_as_well_counts_once),
		cmocka_unit_test(linked_into_the_executable_it_is_counted),
		cmocka_unit_test(linked_a_child_with_its_own_producer_is_counted_too),
		cmocka_unit_test(linked_a_child_that_uses_its_parents_producer_is_caught),
		cmocka_unit_test(linked_where_code_may_not_be_written_it_is_counted),
		cmocka_unit_test(linked_and_not_reached_it_is_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
