/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_loading.c - programs that a loader with an auditor would not start, or
 * would kill.
 *
 * They need much thread-local storage, have an allocator that is not ready
 * before its constructor ran, or a runtime that must be the first library.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int sizes[] = {1000, 16000, 785000, 4000000};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* A producer that is linked with a library of so many bytes. */
static char *producer_make(const char *source, int bytes)
{
	char *compiler, *libraries;

	assert_true(asprintf(&compiler, "cc -shared -fPIC -DBYTES=%d", bytes) > 0);
	char *library = program_make(compiler, "modules/thread_locals.c", "");

	assert_true(asprintf(&libraries, "-lrdkafka -Wl,--no-as-needed %s", library) > 0);
	char *program = program_make("cc", source, libraries);

	free(compiler);
	free(libraries);
	free(library);
	return program;
}

/* So far away that none gets out, however slowly the program ends. */
static struct story far_story_of(const char *host)
{
	struct story story = story_of(host);

	story.rtt_ms = 1000;
	return story;
}

static void is_lost_whole(struct story *story)
{
	story_expect(story, "lost", "missing-flush");
	story_expect_truth(story);
	assert_int_equal(story_count(story, "produced"), 100);
	/* What was in flight when it ended is outstanding, and may have arrived. */
	assert_true(story->arrived + story_count(story, "outstanding") >= 100);
	story_end(story);
}

/* --- thread-local storage ------------------------------------------------------------- */

static void a_library_with_much_thread_local_storage_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		char *program = producer_make("librdkafka/wait/forgets_flush.c", sizes[i]);
		struct story story = far_story_of(program);

		story_tell(&story, "@ 100");
		is_lost_whole(&story);
		free(program);
	}
}

static void what_another_object_looks_for_there_is_counted(void **state)
{
	char *library =
		program_make("cc -shared -fPIC -DBYTES=16000 -DMODEL=\"global-dynamic\"",
			     "modules/thread_locals.c", "");
	char *program = program_make("cc", "modules/thread_locals_of_another.c", library);
	struct story story = story_of(program);

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_string_equal(story.watched.out, "1\n");
	story_end(&story);
	free(program);
	free(library);
}

static void what_a_thread_keeps_there_stays_when_another_library_comes(void **state)
{
	const char *compiler = "cc -shared -fPIC -DBYTES=16000 -DMODEL=\"global-dynamic\"";
	char *kept = program_make(compiler, "modules/thread_locals.c", "");
	char *later = program_make(compiler, "modules/thread_locals.c", "-Wl,-Bsymbolic");
	char *libraries;

	(void)state;
	assert_true(asprintf(&libraries, "-pthread -ldl %s", kept) > 0);
	char *program = program_make("cc", "modules/thread_locals_kept.c", libraries);
	struct story story = story_of(program);

	story.needs_no_broker = true;
	story_tell(&story, "%s", later);
	assert_string_equal(story.watched.out, "7\n");
	story_end(&story);
	free(libraries);
	free(program);
	free(later);
	free(kept);
}

/* What the parent was started with is no measure for the child, nor the other way round. */
static void so_is_a_child_however_it_is_started(void **state)
{
	static const char *const ways[] = {"fork", "spawn", "vfork", "system"};
	char *program = producer_make("librdkafka/wait/forgets_flush.c", 785000);

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct story story = far_story_of("starts_told.py");

		story_tell(&story, "%s %s @ 100", ways[i], program);
		is_lost_whole(&story);
	}
	free(program);
}

static void a_script_is_started_anew_as_a_script(void **state)
{
	char *shell = producer_make("process/runs_words.c", 16000), *script, *words;
	FILE *file;

	(void)state;
	script = scratch_name(".script");
	file = fopen(script, "w");
	assert_non_null(file);
	fprintf(file, "#!%s -x\nnothing\n", shell);
	fclose(file);
	assert_true(asprintf(&words, "/bin/chmod +x %s", script) > 0);
	struct ended made = program_run(words, NULL);

	assert_int_equal(exit_code(&made), 0);
	ended_free(&made);
	struct story story = story_of(script);

	story.needs_no_broker = true;
	story_tell(&story, "one two");
	/* The interpreter's own name, its option, the script, the rest; and comm. */
	assert_non_null(strstr(story.watched.out, " -x "));
	assert_non_null(strstr(story.watched.out, " one two comm "));
	story_end(&story);
	free(words);
	free(script);
	free(shell);
}

static void a_loader_that_is_run_as_a_program_is_started_anew_as_that(void **state)
{
	char *program = producer_make("process/runs_words.c", 16000);
	struct story story = story_of("/lib64/ld-linux-x86-64.so.2");

	(void)state;
#if !defined(__x86_64__)
	skip();
#endif
	story.needs_no_broker = true;
	story_tell(&story, "--inhibit-cache %s one two", program);
	assert_non_null(strstr(story.watched.out, " one two comm "));
	story_end(&story);
	free(program);
}

/* The room is the parent's stack, and each thread's. */
static void no_thread_pays_for_room_that_nobody_needs(void **state)
{
	char *parent = producer_make("process/runs_words.c", 785000);
	struct story story = story_of("least_stack");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, " ");
	story_end(&story);
	story = story_of(parent);
	story.needs_no_broker = true;
	story_tell(&story, "run %s/least_stack", PATH_HOSTS);
	assert_non_null(strstr(story.watched.err, "still here"));
	story_end(&story);
	free(parent);
}

static void the_users_own_tunable_is_left_and_fits(void **state)
{
	char *program = producer_make("librdkafka/wait/forgets_flush.c", 16000);
	struct story story = far_story_of(program);

	(void)state;
	setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=1024", 1);
	story_tell(&story, "@ 100");
	unsetenv("GLIBC_TUNABLES");
	is_lost_whole(&story);
	free(program);
}

/* It leaves a program less room than it has alone, and the shim needs some of that. Beside
 * ours it is started even where it would not be alone (more than 1,600 bytes). */
static void beside_another_auditor_a_program_starts_as_without_us(void **state)
{
	static const char *const options[] = {"--no-audit", NULL};
	static const int bytes[] = {1000, 1600};
	char *auditor = program_make("cc -shared -fPIC", "modules/auditor_of_another.c", "");

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *program = producer_make("librdkafka/wait/forgets_flush.c", bytes[i % 2]);
		struct story story = far_story_of(program);

		story.options = options[i / 2];
		setenv("LD_AUDIT", auditor, 1);
		story_tell(&story, "@ 100");
		unsetenv("LD_AUDIT");
		is_lost_whole(&story);
		free(program);
	}
	free(auditor);
}

/* --- sanitizers ------------------------------------------------------------------------- */

static void starts_as_alone(const char *compiler)
{
	char *program = program_make_if(compiler, "process/no_kafka.c", "");
	struct story story = story_of(program);

	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, "nothing to see here"));
	story_end(&story);
	story = story_of("starts_told.py");
	story.needs_no_broker = true;
	story_tell(&story, "system %s", program);
	assert_int_equal(exit_code(&story.watched), 0);
	story_end(&story);
	free(program);
}

static void with_gcc(const char *sanitizer)
{
	char compiler[64];

	snprintf(compiler, sizeof(compiler), "cc -fsanitize=%s", sanitizer);
	starts_as_alone(compiler);
}

/* Inside the executable, not a library. */
static void with_clang(const char *sanitizer)
{
	char compiler[600];

	snprintf(compiler, sizeof(compiler), "%s -fsanitize=%s", story_needs("clang"),
		 sanitizer);
	starts_as_alone(compiler);
}

static void a_program_with_leaksanitizer_starts(void **state)
{
	(void)state;
	with_gcc("leak");
}

static void a_program_with_threadsanitizer_starts(void **state)
{
	(void)state;
	with_gcc("thread");
}

static void a_program_with_undefinedbehaviorsanitizer_starts(void **state)
{
	(void)state;
	with_gcc("undefined");
}

static void programs_with_clangs_sanitizers_start(void **state)
{
	(void)state;
	with_clang("address");
	with_clang("leak");
	with_clang("thread");
	with_clang("undefined");
}

static void a_producer_with_leaksanitizer_is_counted(void **state)
{
	char *program = program_make_if("cc -fsanitize=leak", "librdkafka/wait/forgets_flush.c",
					"-lrdkafka");
	struct story story = far_story_of(program);

	(void)state;
	setenv("LSAN_OPTIONS", "detect_leaks=0", 1);
	story_tell(&story, "@ 100");
	unsetenv("LSAN_OPTIONS");
	is_lost_whole(&story);
	free(program);
}

/* Its runtime wants to be the first library, in the child of a shell as well; and what an
 * instrumented program starts is not instrumented by that. */
static void addresssanitizer_is_the_childs_or_the_parents_own(void **state)
{
	char *producer = program_make_if("cc -fsanitize=address",
					 "librdkafka/wait/forgets_flush.c", "-lrdkafka");
	char *parent = program_make("cc -fsanitize=address", "process/runs_words.c", "");
	struct story story = far_story_of("starts_told.py");

	(void)state;
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	story_tell(&story, "system %s @ 100", producer);
	is_lost_whole(&story);
	/* With the auditor this also holds for options that another program sets on the
	 * way. */
	story = far_story_of("/usr/bin/env");
	story_tell(&story, "ASAN_OPTIONS=detect_leaks=0 %s @ 100", producer);
	is_lost_whole(&story);
	story = far_story_of(producer);
	story.options = "--no-audit";
	story_tell(&story, "@ 100");
	is_lost_whole(&story);
	unsetenv("ASAN_OPTIONS");
	story = story_of(parent);
	story.needs_no_broker = true;
	story_tell(&story, "run %s/leaks", PATH_HOSTS);
	assert_int_equal(exit_code(&story.watched), 0);
	story_end(&story);
	free(producer);
	free(parent);
}

/* --- allocators --------------------------------------------------------------------------- */

static bool says_that_the_auditor_stepped_aside(const struct story *story)
{
	json_t *notes = json_path(story->summary, "processes.0.layers.notes");

	for (size_t i = 0; i < json_array_size(notes); i++)
		if (strstr(json_string_value(json_array_get(notes, i)), "LD_AUDIT"))
			return true;
	return false;
}

static void what_is_lost_under_heaptrack_is_counted(void **state)
{
	struct story story = far_story_of(story_needs("heaptrack"));

	(void)state;
	story.output_varies = true; /* a pid */
	story_tell(&story, "-o %s %s/forgets_flush @ 100", scratch_name(".heap"), PATH_HOSTS);
	assert_null(strstr(story.watched.err, "Segmentation"));
	assert_non_null(strstr(story.watched.out, "sent 100 orders"));
	assert_true(says_that_the_auditor_stepped_aside(&story));
	is_lost_whole(&story);
}

/* Neither with our probes of memory nor with what the loader does for an auditor. */
static void what_is_lost_under_valgrind_is_counted_and_no_error(void **state)
{
	struct story story = far_story_of(story_needs("valgrind"));

	(void)state;
	story.output_varies = true; /* a warning with a pid */
	story_tell(&story, "--quiet --error-exitcode=99 %s/forgets_flush @ 100", PATH_HOSTS);
	assert_int_equal(exit_code(&story.watched), 0);
	assert_null(strstr(story.watched.err, "Invalid"));
	assert_true(says_that_the_auditor_stepped_aside(&story));
	assert_string_equal(json_text(story.summary, "processes.0.producers.0.call_sites.0."
						     "frames.0.function"),
			    "send_order");
	is_lost_whole(&story);
}

/* One that is not ready before its constructor, and says so by dying. */
static void an_allocator_that_is_not_ready_yet_is_not_asked(void **state)
{
	char *library = program_make("cc -shared -fPIC", "modules/late_allocator.c", "");
	struct story story = far_story_of("forgets_flush");

	(void)state;
	setenv("LD_PRELOAD", library, 1);
	story_tell(&story, "@ 100");
	unsetenv("LD_PRELOAD");
	assert_true(says_that_the_auditor_stepped_aside(&story));
	is_lost_whole(&story);
	story = far_story_of("forgets_flush");
	story_tell(&story, "@ 100");
	assert_false(says_that_the_auditor_stepped_aside(&story));
	is_lost_whole(&story);
	free(library);
}

/* --- threads -------------------------------------------------------------------------- */

/* Each finds the client, however many look for it at once. */
static void threads_that_make_their_first_handles_at_once_get_them(void **state)
{
	char *library =
		program_make("cc -shared -fPIC -DLIBRARY", "modules/made_at_once.c", "");
	char *libraries;

	(void)state;
	assert_true(asprintf(&libraries, "-pthread %s", library) > 0);
	char *program = program_make("cc", "modules/made_at_once.c", libraries);
	struct story story = story_of(program);

	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_string_equal(story.watched.out, "0 of 32 were not made\n");
	story_end(&story);
	free(program);
	free(libraries);
	free(library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_library_with_much_thread_local_storage_is_counted),
		cmocka_unit_test(what_another_object_looks_for_there_is_counted),
		cmocka_unit_test(what_a_thread_keeps_there_stays_when_another_library_comes),
		cmocka_unit_test(so_is_a_child_however_it_is_started),
		cmocka_unit_test(a_script_is_started_anew_as_a_script),
		cmocka_unit_test(a_loader_that_is_run_as_a_program_is_started_anew_as_that),
		cmocka_unit_test(no_thread_pays_for_room_that_nobody_needs),
		cmocka_unit_test(the_users_own_tunable_is_left_and_fits),
		cmocka_unit_test(beside_another_auditor_a_program_starts_as_without_us),
		cmocka_unit_test(a_program_with_leaksanitizer_starts),
		cmocka_unit_test(a_program_with_threadsanitizer_starts),
		cmocka_unit_test(a_program_with_undefinedbehaviorsanitizer_starts),
		cmocka_unit_test(programs_with_clangs_sanitizers_start),
		cmocka_unit_test(a_producer_with_leaksanitizer_is_counted),
		cmocka_unit_test(addresssanitizer_is_the_childs_or_the_parents_own),
		cmocka_unit_test(what_is_lost_under_heaptrack_is_counted),
		cmocka_unit_test(what_is_lost_under_valgrind_is_counted_and_no_error),
		cmocka_unit_test(an_allocator_that_is_not_ready_yet_is_not_asked),
		cmocka_unit_test(threads_that_make_their_first_handles_at_once_get_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
