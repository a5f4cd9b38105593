/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outputs.c - what -f FORMAT[:FILE] and --output FILE mean, and which of
 * them conflict.
 */
#include "output/outputs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

#define FORMATS 3

struct given {
	const char *formats[FORMATS];
	const char *file;
	enum output_place otherwise;
};

static char folder[] = "/tmp/unflushed-outputs-XXXXXX";
static char before[4096]; /* the folder that the test was started in */

static int enter(void **state)
{
	(void)state;
	if (!getcwd(before, sizeof before) || !mkdtemp(folder) || chdir(folder) != 0)
		return -1;
	close(open("there", O_CREAT | O_WRONLY, 0600));
	mkdir("below", 0700);
	return link("there", "also") || symlink("there", "alias");
}

static int leave(void **state)
{
	(void)state;
	unlink("also");
	unlink("alias");
	unlink("there");
	rmdir("below");
	return chdir(before) || rmdir(folder);
}

/* The outputs are in *outputs; the answer is why they are refused, "" if they are not. */
static const char *take(const struct given *row, struct outputs *outputs)
{
	static char why[OUTPUTS_WHY_BYTES];
	struct outputs_given given = {.file = row->file};
	const char *items[FORMATS];

	for (size_t i = 0; i < FORMATS && row->formats[i]; i++)
		items[given.formats.count++] = row->formats[i];
	given.formats.items = items;
	return outputs_take(outputs, &given, row->otherwise, why, sizeof why) ? "" : why;
}

static void a_format_and_its_file_are_split_at_the_first_colon(void **state)
{
	struct outputs outputs;

	(void)state;
	assert_string_equal(take(&(struct given){.formats = {"json:a:b", "jsonl:-", "text"},
						 .otherwise = OUTPUT_STDERR},
				 &outputs),
			    "");
	assert_int_equal(outputs.count, 3);
	assert_string_equal(outputs.items[0].path, "a:b");
	assert_ptr_equal(outputs.items[0].render, render_json);
	assert_string_equal(outputs.items[1].path, "-");
	assert_ptr_equal(outputs.items[1].render, render_jsonl);
	assert_null(outputs.items[2].path);
	assert_ptr_equal(outputs.items[2].render, render_text);
	assert_true(outputs_on_stderr(&outputs));
	free(outputs.items);
	free(outputs.source_root);
}

static void without_a_format_it_is_text(void **state)
{
	struct outputs outputs;

	(void)state;
	assert_string_equal(take(&(struct given){.file = "x"}, &outputs), "");
	assert_int_equal(outputs.count, 1);
	assert_ptr_equal(outputs.items[0].render, render_text);
	assert_string_equal(outputs.items[0].path, "x");
	assert_false(outputs_on_stderr(&outputs));
	free(outputs.items);
	free(outputs.source_root);
}

#define SAME " would write the same file"

static void what_collides_is_named(void **state)
{
	static const struct {
		struct given given;
		const char *why;
	} rows[] = {
		{{{"json:"}, NULL, 0}, "--format json: names no file behind its colon"},
		{{{"json", "json"}, NULL, 0}, "--format json is given twice"},
		{{{"json:x", "text", "json:x"}, NULL, 0}, "--format json:x is given twice"},
		{{{"json:x", "jsonl:x"}, NULL, 0}, "--format json:x and --format jsonl:x" SAME},
		{{{"json:x", "jsonl:./x"}, NULL, 0},
		 "--format json:x and --format jsonl:./x" SAME},
		{{{"json:x", "jsonl:below/../x"}, NULL, 0},
		 "--format json:x and --format jsonl:below/../x" SAME},
		{{{"json:there", "jsonl:also"}, NULL, 0},
		 "--format json:there and --format jsonl:also" SAME},
		{{{"json:alias", "jsonl:also"}, NULL, 0},
		 "--format json:alias and --format jsonl:also" SAME},
		{{{"text", "json"}, NULL, OUTPUT_STDOUT},
		 "--format text and --format json would both go to standard output: name a "
		 "file for one of them, as FORMAT:FILE"},
		{{{"sqlite"}, NULL, OUTPUT_STDERR},
		 "--format sqlite prints bytes, which are not for standard error: name a file, "
		 "as FORMAT:FILE"},
		{{{"text", "json:/dev/fd/1"}, NULL, OUTPUT_STDOUT},
		 "--format text and --format json:/dev/fd/1 would both go to standard output: "
		 "name a file for one of them, as FORMAT:FILE"},
		{{{"text", "json:/dev/stderr"}, NULL, OUTPUT_STDERR},
		 "--format text and --format json:/dev/stderr would both go to standard error: "
		 "name a file for one of them, as FORMAT:FILE"},
		{{{"text", "json"}, "x", 0},
		 "--output x is for a single format, and there are 2: name their files as "
		 "FORMAT:FILE"},
		{{{"json:y"}, "x", 0}, "--format json:y and --output x both name a file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outputs outputs;

		assert_string_equal(take(&rows[i].given, &outputs), rows[i].why);
		free(outputs.items);
		free(outputs.source_root);
	}
}

static void an_unknown_format_is_refused_with_those_there_are(void **state)
{
	static const struct {
		const char *given, *name;
	} rows[] = {{"jso", "jso"}, {":x", ""}, {"jsonll:x", "jsonll"}, {"JSON", "JSON"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outputs outputs;
		char why[400];

		snprintf(why, sizeof why, "--format must be one of %s, not '%s'",
			 FORMATS_CHOICES, rows[i].name);
		assert_string_equal(take(&(struct given){.formats = {rows[i].given}}, &outputs),
				    why);
		free(outputs.items);
		free(outputs.source_root);
	}
	assert_memory_equal(FORMATS_CHOICES, "text|json|", 10);
}

static void what_does_not_collide_is_taken(void **state)
{
	static const struct given rows[] = {
		{{"text", "json:-"}, NULL, OUTPUT_STDERR},
		{{"text:/dev/stderr", "json"}, NULL, OUTPUT_STDOUT},
		{{"json:a", "json:b", "text"}, NULL, OUTPUT_STDOUT},
		{{"json:below/a", "jsonl:a"}, NULL, OUTPUT_STDOUT},
		{{"json:no/such/a", "jsonl:nor/such/a"}, NULL, OUTPUT_STDOUT},
		{{"json:/dev/null", "jsonl:/dev/null", "text"}, NULL, OUTPUT_STDOUT},
		{{"json"}, "there", OUTPUT_STDOUT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outputs outputs;

		assert_string_equal(take(&rows[i], &outputs), "");
		free(outputs.items);
		free(outputs.source_root);
	}
}

/* stdout is the file that is named as well: the one would be lost under the other. */
static void standard_output_that_is_the_file_collides_with_it(void **state)
{
	struct outputs outputs;
	int kept = dup(STDOUT_FILENO), file = open("there", O_WRONLY);

	(void)state;
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	const char *why = take(&(struct given){.formats = {"text", "json:also"}}, &outputs);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(file);
	assert_string_equal(why, "--format text and --format json:also" SAME);
	free(outputs.items);
	free(outputs.source_root);
}

static void bytes_are_not_for_a_terminal(void **state)
{
	struct outputs outputs;
	char name[32], wanted[160];
	int master = posix_openpt(O_RDWR | O_NOCTTY), terminal;

	(void)state;
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	snprintf(name, sizeof name, "sqlite:/dev/fd/%d", terminal);
	snprintf(wanted, sizeof wanted,
		 "--format %s prints bytes, which are not for a terminal: name a file, as "
		 "FORMAT:FILE",
		 name);
	assert_string_equal(take(&(struct given){.formats = {name}}, &outputs), wanted);
	free(outputs.items);
	free(outputs.source_root);
	snprintf(name, sizeof name, "json:/dev/fd/%d", terminal);
	assert_string_equal(take(&(struct given){.formats = {name}}, &outputs), "");
	free(outputs.items);
	free(outputs.source_root);
	close(terminal);
	close(master);
}

/* --source-root, or what a CI service says, or where we are: from the root of the disk. */
static void the_root_of_the_sources_is_absolute(void **state)
{
	static const struct {
		const char *given, *github, *gitlab, *root;
	} rows[] = {
		{"/src/", "/github", "/gitlab", "/src/"},
		{NULL, "/github", "/gitlab", "/github"},
		{NULL, NULL, "/gitlab", "/gitlab"},
		{"below", "/github", NULL, "%s/below"},
		{NULL, NULL, NULL, "%s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct outputs_given given = {.source_root = rows[i].given};
		struct outputs outputs;
		char why[OUTPUTS_WHY_BYTES], root[4200], here[4096];

		unsetenv("GITHUB_WORKSPACE");
		unsetenv("CI_PROJECT_DIR");
		if (rows[i].github)
			setenv("GITHUB_WORKSPACE", rows[i].github, 1);
		if (rows[i].gitlab)
			setenv("CI_PROJECT_DIR", rows[i].gitlab, 1);
		assert_true(outputs_take(&outputs, &given, OUTPUT_STDOUT, why, sizeof why));
		assert_non_null(getcwd(here, sizeof here));
		const char *rest = strstr(rows[i].root, "%s");

		snprintf(root, sizeof root, "%s%s", rest ? here : "",
			 rest ? rest + 2 : rows[i].root);
		assert_string_equal(outputs.source_root, root);
		free(outputs.items);
		free(outputs.source_root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_format_and_its_file_are_split_at_the_first_colon),
		cmocka_unit_test(without_a_format_it_is_text),
		cmocka_unit_test(what_collides_is_named),
		cmocka_unit_test(an_unknown_format_is_refused_with_those_there_are),
		cmocka_unit_test(what_does_not_collide_is_taken),
		cmocka_unit_test(bytes_are_not_for_a_terminal),
		cmocka_unit_test(the_root_of_the_sources_is_absolute),
		cmocka_unit_test(standard_output_that_is_the_file_collides_with_it),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
