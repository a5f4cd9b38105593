/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_recipe.c - functions that are found in a stripped program, and cases in
 * which none may be reported as found.
 *
 * The archive is written here: functions of those names that access data
 * through the global offset table and thread-local storage, where a linker
 * rewrites instructions.
 */
#include "recipe/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scratch.h"
#include "testing.h"

/* Long enough to be told from others, and unlike each other. */
static const char library[] =
	"extern int elsewhere(int, const char *);\n"
	"int rd_kafka_seen; __thread int rd_kafka_own;\n"
	"static __thread int hidden;\n"
	"#define WORK(n) for (int i = 0; i < n; i++) { rd_kafka_seen += i * n; hidden ^= n + "
	"i; \\\n"
	"\telsewhere(rd_kafka_own++, \"text\"); }\n"
	"int rd_kafka_new(int n) { WORK(n + 3) return hidden * 7; }\n"
	"int rd_kafka_flush(int n) { WORK(n * n) return rd_kafka_new(n) - hidden / 3; }\n"
	"int rd_kafka_poll(int n) { return n + 1; }\n";
/* What the linker must put before and behind it. */
static const char program[] =
	"#include <stdio.h>\n"
	"int rd_kafka_new(int), rd_kafka_flush(int), rd_kafka_poll(int);\n"
	"int elsewhere(int n, const char *t) { return printf(t, n); }\n"
	"int main(int c, char **v) { (void)v; return rd_kafka_new(c) + rd_kafka_flush(c) + "
	"rd_kafka_poll(c); }\n";

static int prepare(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	scratch_write("library.c", library);
	scratch_write("program.c", program);
	scratch_shell("cc -O2 -c program.c");
	for (int i = 0; i < 2; i++) {
		const char *how = i ? "-fno-pic" : "-fPIC -ftls-model=global-dynamic";

		scratch_shell("cc -O2 %s -c -o library%d.o library.c && "
			      "ar rcs library%d.a library%d.o",
			      how, i, i, i);
	}
	scratch_shell("cc -Wl,--build-id -o whole program.o library0.a && "
		      "strip -o stripped whole");
	scratch_shell("cc -Wl,--build-id -no-pie -o fixed program.o library1.a && "
		      "strip -o fixed_stripped fixed");
	scratch_shell("cc -Wl,--build-id=none -s -o numberless program.o library0.a");
	return 0;
}

static uint64_t address_in(const char *whole, const char *name)
{
	char command[4096];
	uint64_t address = 0;

	snprintf(command, sizeof command, "nm %s | awk '$3 == \"%s\" { print \"0x\" $1 }'",
		 scratch_path(whole), name);
	FILE *nm = popen(command, "r");

	assert_non_null(nm);
	assert_int_equal(fscanf(nm, "%lx", &address), 1);
	pclose(nm);
	return address;
}

static const struct recipe_row *row_of(const struct recipe *recipe, const char *name)
{
	for (size_t i = 0; i < recipe->head.count; i++)
		if (strcmp(recipe->rows[i].name, name) == 0)
			return &recipe->rows[i];
	fail_msg("%s has no row", name);
	return NULL;
}

static void expect_found(const char *stripped, const char *archive, const char *whole,
			 enum recipe_source source)
{
	static const char *const names[] = {"rd_kafka_new", "rd_kafka_flush", "rd_kafka_poll"};
	char *archives[] = {archive ? strdup(scratch_path(archive)) : NULL, NULL};
	char why[PATH_MAX + 256] = "";
	struct recipe recipe;

	if (!recipe_make(scratch_path(stripped), archives, &recipe, why, sizeof why))
		fail_msg("%s", why);
	assert_int_equal(recipe.head.source, source);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(row_of(&recipe, names[i])->address,
				 address_in(whole, names[i]));
	recipe_free(&recipe);
	free(archives[0]);
}

static void expect_none(const char *name, const char *archive, const char *words)
{
	char *archives[] = {archive ? strdup(scratch_path(archive)) : NULL, NULL};
	char why[PATH_MAX + 256] = "";
	struct recipe recipe;

	assert_false(recipe_make(scratch_path(name), archives, &recipe, why, sizeof why));
	if (!strstr(why, words))
		fail_msg("%s", why);
	recipe_free(&recipe);
	free(archives[0]);
}

static void by_the_archive_it_was_linked_with(void **state)
{
	(void)state;
	expect_found("stripped", "library0.a", "whole", RECIPE_OF_ARCHIVE);
	expect_found("fixed_stripped", "library1.a", "fixed", RECIPE_OF_ARCHIVE);
}

static void by_a_file_with_its_symbols(void **state)
{
	(void)state;
	scratch_shell("objcopy --only-keep-debug whole stripped.debug");
	expect_found("stripped", NULL, "whole", RECIPE_OF_SYMBOLS);
	scratch_shell("rm stripped.debug && mkdir .debug && "
		      "objcopy --only-keep-debug whole .debug/stripped.debug");
	expect_found("stripped", NULL, "whole", RECIPE_OF_SYMBOLS);
	scratch_shell("rm -r .debug");
}

/* Of another link of the same sources. */
static void not_by_symbols_of_another_build(void **state)
{
	(void)state;
	scratch_shell("cp fixed stripped.debug");
	expect_none("stripped", NULL, "no symbols");
	scratch_shell("rm stripped.debug");
}

/* The id was chosen, and the file with the symbols is left from before. */
static void not_by_symbols_of_an_older_build_with_this_id(void **state)
{
	(void)state;
	scratch_shell("cc -Wl,--build-id=0x0123456789 -o older program.o library0.a && "
		      "objcopy --only-keep-debug older chosen.debug && "
		      "strip -o chosen older");
	expect_found("chosen", NULL, "older", RECIPE_OF_SYMBOLS);
	scratch_write("more.c", "int elsewhere(int, const char *);\n"
				"int more(int n) { return elsewhere(n, \"more\") * 3; }\n");
	scratch_shell("cc -O2 -Wl,--build-id=0x0123456789 -s -o chosen more.c program.o "
		      "library0.a");
	expect_none("chosen", NULL, "no symbols");
	scratch_shell("rm chosen.debug");
}

static void not_by_another_archive(void **state)
{
	(void)state;
	expect_none("stripped", "library1.a", "library1.a: has other code");
}

/* Two functions of the same code: it is not certain which one it is. */
static void not_where_the_code_is_there_twice(void **state)
{
	(void)state;
	scratch_shell("objcopy --redefine-sym rd_kafka_new=new2 "
		      "--redefine-sym rd_kafka_flush=flush2 --redefine-sym rd_kafka_poll=poll2 "
		      "--redefine-sym rd_kafka_seen=seen2 --redefine-sym rd_kafka_own=own2 "
		      "library0.o again.o && "
		      "cc -Wl,--build-id -s -o twice program.o library0.o again.o");
	expect_none("twice", "library0.a", "library0.a: has other code");
}

/* Of a slightly different build: some of its objects are the same, byte for byte. What it does
 * not find of the others was not left out by the linker: it is there, and messages would pass
 * by it uncounted. */
static void not_by_an_archive_with_partly_the_same_code(void **state)
{
	(void)state;
	scratch_write("message.c", "extern int elsewhere(int, const char *);\n"
				   "int rd_kafka_produce(int n) { for (int i = 0; i < n; i++)\n"
				   "elsewhere(i * MUCH + n, \"text\"); return n / 3; }\n");
	scratch_write("producer.c", "int main(int, char **); int rd_kafka_produce(int);\n"
				    "int (*volatile p)(int) = rd_kafka_produce;\n");
	for (int i = 0; i < 2; i++)
		scratch_shell("cc -O2 -fPIC -DMUCH=%d -c -o message%d.o message.c && "
			      "ar rcs both%d.a library0.o message%d.o",
			      i ? 7000 : 5, i, i, i);
	scratch_shell("cc -Wl,--build-id -o both program.o producer.c both0.a && "
		      "strip -o both_stripped both");
	expect_found("both_stripped", "both0.a", "both", RECIPE_OF_ARCHIVE);
	expect_none("both_stripped", "both1.a", "both1.a: has other code");
}

/* Nothing that the program has calls a function of it. */
static void an_object_that_is_not_looked_for_may_be_left_out(void **state)
{
	(void)state;
	scratch_write("aux.c", "extern int elsewhere(int, const char *);\n"
			       "int rd_kafka_aux(int n) { for (int i = 0; i < n; i++)\n"
			       "elsewhere(i * 91 + n, \"text\"); return n / 3; }\n");
	scratch_shell("cc -O2 -fPIC -c aux.c && ar rcs more.a library0.o aux.o");
	expect_found("stripped", "more.a", "whole", RECIPE_OF_ARCHIVE);
}

/* The linker may have dropped a function that looks like one that it kept. */
static void not_where_each_function_has_a_section(void **state)
{
	(void)state;
	scratch_shell("cc -O2 -fPIC -ffunction-sections -c -o parts.o library.c && "
		      "ar rcs parts.a parts.o && "
		      "cc -Wl,--build-id -Wl,--gc-sections -s -o parts program.o parts.a");
	expect_none("parts", "parts.a", "parts.a: was compiled with -ffunction-sections");
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	expect_none("numberless", "library0.a", "numberless: has no build id");
	expect_none("nothing", NULL, "nothing: cannot be read: No such file");
	expect_none("program.c", NULL, "program.c: is not an ELF file");
	expect_none("stripped", "nothing.a", "nothing.a: cannot be read: No such file");
	expect_none("stripped", "program.c", "program.c: is not an archive of object files");
	scratch_shell("ar rcs empty.a program.c");
	expect_none("stripped", "empty.a", "empty.a: has no function of librdkafka");
	scratch_shell("head -c 3000 library0.a > cut.a");
	expect_none("stripped", "cut.a", "cut.a: has no function of librdkafka");
}

#define DAMAGES 400

/* Any byte of it, and any byte of the program: no place, or the right one. */
static void a_damaged_archive_is_survived(void **state)
{
	static const char *const names[] = {"library0.a", "stripped"};
	uint64_t right = address_in("whole", "rd_kafka_new");
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < DAMAGES; i++) {
		const char *which = names[i % 2];
		char *archives[] = {NULL, NULL};
		char why[PATH_MAX + 256];
		struct recipe recipe;
		struct stat status;
		FILE *file;

		scratch_shell("cp %s damaged", which);
		assert_int_equal(stat(scratch_path("damaged"), &status), 0);
		file = fopen(scratch_path("damaged"), "r+");
		assert_non_null(file);
		for (int j = 0; j < 1 + i % 8; j++) {
			fseek(file, rand_r(&seed) % status.st_size, SEEK_SET);
			fputc(rand_r(&seed) & 255, file);
		}
		fclose(file);
		archives[0] = strdup(scratch_path(i % 2 ? "library0.a" : "damaged"));
		if (recipe_make(scratch_path(i % 2 ? "damaged" : "stripped"), archives, &recipe,
				why, sizeof why) &&
		    row_of(&recipe, "rd_kafka_new")->address)
			assert_int_equal(row_of(&recipe, "rd_kafka_new")->address, right);
		recipe_free(&recipe);
		free(archives[0]);
	}
}

static void it_is_written_for_its_owner_to_change(void **state)
{
	char *archives[] = {strdup(scratch_path("library0.a")), NULL};
	char why[PATH_MAX + 256], path[PATH_MAX];
	struct recipe recipe;
	struct stat status;
	mode_t mask = umask(0);

	(void)state;
	assert_true(recipe_make(scratch_path("stripped"), archives, &recipe, why, sizeof why));
	assert_true(recipe_write(&recipe, scratch_path("."), path, why, sizeof why));
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_int_equal(status.st_size,
			 sizeof(struct recipe_head) + recipe.head.count * sizeof *recipe.rows);
	assert_false(recipe_write(&recipe, scratch_path("nowhere"), path, why, sizeof why));
	assert_non_null(strstr(why, "No such file"));
	recipe_free(&recipe);
	free(archives[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_archive_it_was_linked_with),
		cmocka_unit_test(by_a_file_with_its_symbols),
		cmocka_unit_test(not_by_symbols_of_another_build),
		cmocka_unit_test(not_by_symbols_of_an_older_build_with_this_id),
		cmocka_unit_test(not_by_another_archive),
		cmocka_unit_test(not_where_the_code_is_there_twice),
		cmocka_unit_test(not_by_an_archive_with_partly_the_same_code),
		cmocka_unit_test(an_object_that_is_not_looked_for_may_be_left_out),
		cmocka_unit_test(not_where_each_function_has_a_section),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(a_damaged_archive_is_survived),
		cmocka_unit_test(it_is_written_for_its_owner_to_change),
	};

	return cmocka_run_group_tests(tests, prepare, scratch_remove);
}
