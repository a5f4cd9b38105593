/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_elffile.c - small programs that are compiled here, and what is read of
 * their files
 */
#include "program/elffile.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/loadable.h"
#include "program/search.h"
#include "scratch.h"
#include "testing.h"

#define EMPTY_MAIN "int main(void) { return 0; }\n"
#define HOLDS_LIBRDKAFKA                                                                       \
	"int rd_kafka_produce(void);\n"                                                        \
	"int rd_kafka_produce(void) { return 1; }\n"

/* Compiles `text` and reads the result into `elf`. */
static void program_read(const char *name, const char *text, const char *flags,
			 struct elffile *elf)
{
	char source[64], why[256] = "";

	snprintf(source, sizeof(source), "%s.c", name);
	scratch_write(source, text);
	scratch_shell("cc %s -o %s %s", flags, name, source);
	if (!elffile_read(scratch_path(name), elf, why, sizeof(why)))
		fail_msg("%s %s", name, why);
}

static void a_dynamic_program_can_be_preloaded(void **state)
{
	struct elffile elf;

	(void)state;
	program_read("dynamic", EMPTY_MAIN, "", &elf);
	assert_false(elf.is_static);
	assert_false(elf.is_shared_object);
	assert_true(elf.native);
	assert_int_equal(elf.libc, ELFFILE_LIBC_GLIBC);
	assert_int_equal(elf.librdkafka, ELFFILE_LIBRDKAFKA_NONE);
	assert_int_equal(elf.needed_count, 1);
	assert_string_equal(elf.needed[0], "libc.so.6");
	assert_null(loadable_obstacle(&elf));
	elffile_clear(&elf);
}

static void a_static_program_is_told(void **state)
{
	static const char *const flags[] = {"-static", "-static-pie"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct elffile elf;

		program_read("static", EMPTY_MAIN, flags[i], &elf);
		assert_true(elf.is_static);
		assert_false(elf.is_shared_object);
		assert_non_null(strstr(loadable_obstacle(&elf), "statically"));
		/* Its dynamic children may still be recorded. */
		assert_false(loadable_must_not_preload(&elf));
		elffile_clear(&elf);
	}
}

static void a_musl_program_is_no_obstacle(void **state)
{
	struct elffile elf;

	(void)state;
	program_read("musl", EMPTY_MAIN, "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1", &elf);
	assert_int_equal(elf.libc, ELFFILE_LIBC_MUSL);
	assert_null(loadable_obstacle(&elf));
	elffile_clear(&elf);
}

static void a_setuid_program_is_told(void **state)
{
	struct elffile elf;
	char why[256];

	(void)state;
	if (getuid() != 0)
		skip_because("only root makes a file another's");
	scratch_write("setuid.c", EMPTY_MAIN);
	scratch_shell("cc -o setuid setuid.c && chown 65534 setuid && chmod 4755 setuid");
	assert_true(elffile_read(scratch_path("setuid"), &elf, why, sizeof(why)));
	assert_true(elf.privileged);
	assert_non_null(strstr(loadable_obstacle(&elf), "setuid"));
	elffile_clear(&elf);
	/* root's own setuid program changes nothing for root. */
	scratch_shell("chown 0 setuid && chmod 4755 setuid");
	assert_true(elffile_read(scratch_path("setuid"), &elf, why, sizeof(why)));
	assert_false(elf.privileged);
	elffile_clear(&elf);
}

static void a_go_program_is_told(void **state)
{
	struct elffile elf;

	(void)state;
	program_read("go",
		     "__asm__(\".section .go.buildinfo,\\\"a\\\"\\n.byte "
		     "1\\n.previous\");\n" EMPTY_MAIN,
		     "-static", &elf);
	assert_true(elf.is_go);
	assert_non_null(strstr(loadable_obstacle(&elf), "Go"));
	elffile_clear(&elf);
}

static void librdkafka_is_found_wherever_it_is(void **state)
{
	static const struct {
		const char *text, *flags;
		enum elffile_librdkafka expected;
	} cases[] = {
		{"int rd_kafka_version(void); int main(void) { return rd_kafka_version() == 0; "
		 "}",
		 "-Wl,--no-as-needed -lrdkafka -Wl,--as-needed -x c",
		 ELFFILE_LIBRDKAFKA_NEEDED},
		{HOLDS_LIBRDKAFKA, "-shared -fPIC", ELFFILE_LIBRDKAFKA_EXPORTED},
		{HOLDS_LIBRDKAFKA, "-shared -fPIC -fvisibility=hidden",
		 ELFFILE_LIBRDKAFKA_HIDDEN},
		{HOLDS_LIBRDKAFKA EMPTY_MAIN, "", ELFFILE_LIBRDKAFKA_HIDDEN},
		/* Shown to others, but its own calls are bound inside it. */
		{HOLDS_LIBRDKAFKA EMPTY_MAIN, "-rdynamic", ELFFILE_LIBRDKAFKA_HIDDEN},
		{"const char *words = \"%d messages still in queue or transit: use "
		 "flush()\";\n" EMPTY_MAIN,
		 "-s", ELFFILE_LIBRDKAFKA_HIDDEN},
		{"int rd_kafka_produced;\n" EMPTY_MAIN, "", ELFFILE_LIBRDKAFKA_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elffile elf;

		program_read("holder", cases[i].text, cases[i].flags, &elf);
		if (elf.librdkafka != cases[i].expected)
			fail_msg("case %zu: %d, not %d", i, elf.librdkafka, cases[i].expected);
		assert_int_equal(elffile_has_static_librdkafka(scratch_path("holder")),
				 cases[i].expected == ELFFILE_LIBRDKAFKA_HIDDEN);
		elffile_clear(&elf);
	}
}

static void a_script_leads_to_its_interpreter(void **state)
{
	static const char *const lines[] = {"#!/bin/sh\n",
					    "#! /bin/sh -e\n",
					    "#!/usr/bin/env sh\n",
					    "#!/usr/bin/env -S A=1 sh -e\n",
					    "#!/usr/bin/env -vS -u A sh\n",
					    "#!/usr/bin/env --split-string=-i sh -e \n"};
	char shell[4096];

	(void)state;
	assert_true(search_program("sh", shell, sizeof(shell)));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct elffile elf;
		char why[256];
		const char *script = scratch_write("script", lines[i]);

		assert_true(elffile_read(script, &elf, why, sizeof(why)));
		assert_string_equal(elf.script, script);
		assert_string_equal(elf.path + strlen(elf.path) - 3, "/sh");
		assert_false(elf.is_static);
		elffile_clear(&elf);
	}
}

/* Five, as many as the kernel follows. */
static void scripts_lead_to_scripts(void **state)
{
	struct elffile elf;
	char why[256] = "", name[8], line[600] = "#!/bin/sh\n", first[500];

	(void)state;
	for (int i = 1; i <= 6; i++) {
		snprintf(name, sizeof(name), "nest%d", i);
		snprintf(first, sizeof(first), "%s", scratch_write(name, line));
		scratch_shell("chmod +x %s", name);
		assert_int_equal(elffile_read(first, &elf, why, sizeof(why)), i <= 5);
		assert_true(i > 5 || strcmp(elf.script, first) == 0);
		assert_true(i > 5 || !strcmp(elf.path + strlen(elf.path) - 3, "/sh"));
		/* And the kernel says so, too: 0 is the shell's own. */
		scratch_shell("[ %d -gt 5 ] || ./%s </dev/null", i, name);
		elffile_clear(&elf);
		snprintf(line, sizeof(line), "#!%s\n", first);
	}
	assert_non_null(strstr(why, "too many to be run"));
}

/* env gets all that follows as one word. */
static void a_script_whose_interpreter_is_not_there_is_told(void **state)
{
	static const char *const lines[][2] = {
		{"#!/usr/bin/env sh -e\n", "'sh -e', which is not found: without -S"},
		{"#!/usr/bin/env no-such-thing\n",
		 "asks env for 'no-such-thing', which is not"},
		{"#!/usr/bin/env\n", "asks env for no program"},
		{"#!/usr/bin/env A=1 sh\n", "asks env for no program"},
		{"#!/usr/bin/env -i sh\n", "asks env for no program"},
		{"#!/no/such/sh -e\n", "asks for '/no/such/sh', which is not found"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct elffile elf;
		char why[256] = "";
		const char *script = scratch_write("astray", lines[i][0]);

		assert_false(elffile_read(script, &elf, why, sizeof(why)));
		if (!strstr(why, lines[i][1]))
			fail_msg("%s: %s", lines[i][0], why);
	}
}

/* execvp() gives it to the shell. */
static void a_text_that_may_be_run_is_the_shells(void **state)
{
	struct elffile elf;
	char why[256] = "";
	const char *text = scratch_write("plain", "exit 0\n");

	(void)state;
	assert_false(elffile_read(text, &elf, why, sizeof(why)));
	scratch_shell("chmod +x plain");
	assert_true(elffile_read(text, &elf, why, sizeof(why)));
	assert_string_equal(elf.script, text);
	assert_string_equal(elf.path, "/bin/sh");
	elffile_clear(&elf);
}

static void a_script_that_runs_itself_comes_to_an_end(void **state)
{
	struct elffile elf;
	char line[600], why[256];

	(void)state;
	snprintf(line, sizeof(line), "#!%s\n", scratch_path("ouroboros"));
	assert_false(elffile_read(scratch_write("ouroboros", line), &elf, why, sizeof(why)));
}

static void what_is_no_program_is_refused_in_words(void **state)
{
	struct elffile elf;
	char why[256];

	(void)state;
	assert_false(elffile_read(scratch_path("nowhere"), &elf, why, sizeof(why)));
	assert_non_null(strstr(why, "No such file"));
	assert_false(elffile_read("/tmp", &elf, why, sizeof(why)));
	assert_non_null(strstr(why, "is a directory"));
	assert_false(elffile_read(scratch_write("empty", ""), &elf, why, sizeof(why)));
	assert_non_null(strstr(why, "not an ELF file"));
	scratch_shell("mkfifo pipe");
	assert_false(elffile_read(scratch_path("pipe"), &elf, why, sizeof(why)));
}

/* Under the address sanitizer this is where a look beyond the end is caught. */
static void a_program_cut_off_anywhere_is_survived(void **state)
{
	struct elffile elf;
	struct stat whole;
	char why[256];

	(void)state;
	scratch_write("whole.c", HOLDS_LIBRDKAFKA EMPTY_MAIN);
	scratch_shell("cc -o whole whole.c");
	assert_int_equal(stat(scratch_path("whole"), &whole), 0);
	const char *cut = scratch_path("cut");
	scratch_shell("cp whole cut");
	for (off_t length = whole.st_size - 1; length >= 0; length -= length > 256 ? 97 : 1) {
		assert_int_equal(truncate(cut, length), 0);
		if (elffile_read(cut, &elf, why, sizeof(why)))
			assert_true(length >= 64); /* a header at least */
		elffile_clear(&elf);
		elffile_exports(cut, "rd_kafka_produce");
	}
}

static void the_search_goes_along_path_and_only_to_what_can_run(void **state)
{
	char path[4096], folders[2048];

	(void)state;
	scratch_shell(
		"mkdir -p a b c/tool && echo x > a/tool && echo x > b/tool && chmod +x b/tool");
	snprintf(folders, sizeof(folders), "%s:%s:%s", scratch_path("c"), scratch_path("a"),
		 scratch_path("b"));
	char *before = strdup(getenv("PATH"));
	setenv("PATH", folders, 1);
	bool found = search_program("tool", path, sizeof(path));
	bool other = search_program("other-tool", path + 2048, 2048);
	bool nameless = search_program("", path + 2048, 2048);
	setenv("PATH", before, 1);
	free(before);
	assert_true(found);
	assert_string_equal(path, scratch_path("b/tool"));
	assert_false(other);
	assert_false(nameless);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dynamic_program_can_be_preloaded),
		cmocka_unit_test(a_static_program_is_told),
		cmocka_unit_test(a_musl_program_is_no_obstacle),
		cmocka_unit_test(a_setuid_program_is_told),
		cmocka_unit_test(a_go_program_is_told),
		cmocka_unit_test(librdkafka_is_found_wherever_it_is),
		cmocka_unit_test(a_script_leads_to_its_interpreter),
		cmocka_unit_test(scripts_lead_to_scripts),
		cmocka_unit_test(a_script_whose_interpreter_is_not_there_is_told),
		cmocka_unit_test(a_text_that_may_be_run_is_the_shells),
		cmocka_unit_test(a_script_that_runs_itself_comes_to_an_end),
		cmocka_unit_test(what_is_no_program_is_refused_in_words),
		cmocka_unit_test(a_program_cut_off_anywhere_is_survived),
		cmocka_unit_test(the_search_goes_along_path_and_only_to_what_can_run),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
