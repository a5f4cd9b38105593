/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_golang.c - functions and lines of Go programs of several versions
 *
 * golang/NAME.part has what golang.c reads of a program that golang/reduce.py
 * was given: the file's length, the addresses, and the bytes that are not zero.
 * The program is golang/program.go.
 *
 * test_golang FILE ADDRESS...: prints the answers, for reduce.py.
 */
#include "build/golang.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "testing.h"

#define FOLDER PROJECT_SOURCE_DIR "/tests/unit/build/golang/"
#define ADDRESSES 4
#define PIECES 4096

struct piece {
	size_t at, size;
};

struct program {
	char *bytes;
	size_t size;
	uint64_t addresses[ADDRESSES];
	size_t address_count;
	struct piece pieces[PIECES];
	size_t piece_count;
};

static void symbol_drop(struct symbol *symbol)
{
	if (symbol->into)
		symbol_drop(symbol->into);
	free(symbol->into);
	free(symbol->function);
	free(symbol->file);
}

/* "FUNCTION FILE:LINE, ..." from the inside out; "" is no answer. */
static void answer_print(const struct symbol *symbol, char *text, size_t size)
{
	*text = '\0';
	for (; symbol && symbol->function; symbol = symbol->into) {
		const char *slash = strrchr(symbol->file, '/');
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s%s %s:%d", used ? ", " : "",
			 symbol->function, slash ? slash + 1 : symbol->file, symbol->line);
	}
}

/* True: the file is still known to be Go's. */
static bool ask(const char *bytes, size_t size, uint64_t address, char *text, size_t text_size)
{
	/* Of this length, so that AddressSanitizer sees who reads beyond it. */
	char *copy = malloc(size ? size : 1);
	struct symbol symbol = {0};

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	elf_version(EV_CURRENT);
	Elf *elf = elf_memory(copy, size);
	struct golang *go = elf ? golang_open(elf) : NULL;

	*text = '\0';
	if (go && golang_find(go, address, &symbol))
		answer_print(&symbol, text, text_size);
	symbol_drop(&symbol);
	golang_close(go);
	elf_end(elf);
	free(copy);
	return go != NULL;
}

static void hex_take(struct program *program, size_t at, const char *hex)
{
	struct piece *piece = &program->pieces[program->piece_count++];
	unsigned byte;

	assert_true(program->piece_count <= PIECES);
	*piece = (struct piece){at, 0};
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		assert_true(at + piece->size < program->size);
		program->bytes[at + piece->size++] = (char)byte;
	}
}

static void program_load(struct program *program, const char *name)
{
	char path[512], *line = NULL;
	size_t room = 0, number, at;
	int from;

	snprintf(path, sizeof path, FOLDER "%s.part", name);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	memset(program, 0, sizeof *program);
	while (getline(&line, &room, file) > 0) {
		if (sscanf(line, "size %zu", &number) == 1) {
			program->size = number;
			program->bytes = calloc(1, number);
			assert_non_null(program->bytes);
		} else if (sscanf(line, "address %zx", &number) == 1) {
			assert_true(program->address_count < ADDRESSES);
			program->addresses[program->address_count++] = number;
		} else if (sscanf(line, "%zx %n", &at, &from) == 1) {
			hex_take(program, at, line + from);
		}
	}
	free(line);
	fclose(file);
	assert_true(program->piece_count > 0 && program->address_count == 3);
}

static const char *const names[] = {"1.16-exe", "1.16-pie", "1.18-exe", "1.18-pie",
				    "1.21-exe", "1.21-pie", "1.26-exe", "1.26-pie"};
#define NAMES (sizeof names / sizeof *names)

/* Of program.go: a line of its own, a call within a call that were both inlined, and main. */
static const char *const answers[] = {
	"main.outer program.go:24",
	"main.add program.go:11, main.inner program.go:18, main.outer program.go:23",
	"main.main program.go:28",
};

static void each_version_of_go_has_its_functions_and_lines(void **state)
{
	struct program program;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		program_load(&program, names[i]);
		for (size_t j = 0; j < program.address_count; j++) {
			ask(program.bytes, program.size, program.addresses[j], text,
			    sizeof text);
			assert_string_equal(text, answers[j]);
		}
		free(program.bytes);
	}
}

static void an_address_elsewhere_has_no_answer(void **state)
{
	static const uint64_t elsewhere[] = {0, 1, 0x400000, INT64_MAX, UINT64_MAX};
	struct program program;
	char text[1024];

	(void)state;
	program_load(&program, "1.26-exe");
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		assert_true(ask(program.bytes, program.size, elsewhere[i], text, sizeof text));
		assert_string_equal(text, "");
	}
	free(program.bytes);
}

static void a_table_of_another_version_has_no_answer(void **state)
{
	static const uint32_t magics[] = {0xfffffffb, 0xfffffff2, 0xf1ffffff};
	struct program program;
	char text[1024];
	size_t changed = 0;

	(void)state;
	program_load(&program, "1.26-exe");
	for (size_t i = 0; i < program.piece_count; i++) {
		char *bytes = program.bytes + program.pieces[i].at;

		if (program.pieces[i].size < 8 || memcmp(bytes, "\xf1\xff\xff\xff\0\0\1\10", 8))
			continue;
		for (size_t j = 0; j < sizeof magics / sizeof *magics; j++, changed++) {
			memcpy(bytes, &magics[j], sizeof magics[j]);
			assert_false(ask(program.bytes, program.size, program.addresses[0],
					 text, sizeof text));
		}
	}
	assert_int_equal(changed, sizeof magics / sizeof *magics);
	free(program.bytes);
}

/* Each byte that is read, to what is near, far, and negative: AddressSanitizer looks on. */
static void damage_reads_nothing_outside_the_file(void **state)
{
	static const unsigned char values[] = {0x01, 0x80, 0xff};
	struct program program;
	char text[8192];
	size_t intact = 0, lost = 0;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		program_load(&program, names[i]);
		for (size_t j = 0; j < program.piece_count; j++)
			for (size_t k = 0; k < program.pieces[j].size; k++) {
				char *byte = &program.bytes[program.pieces[j].at + k];
				char was = *byte;

				*byte = (char)(was ^ values[(j + k) % 3]);
				ask(program.bytes, program.size, program.addresses[1], text,
				    sizeof text);
				*byte = was;
				strcmp(text, answers[1]) ? lost++ : intact++;
			}
		free(program.bytes);
	}
	assert_true(lost > 1000 && intact > 100);
}

static void a_file_that_is_cut_off_reads_nothing_behind_its_end(void **state)
{
	struct program program;
	char text[8192];

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		program_load(&program, names[i]);
		for (size_t j = 0; j < program.piece_count; j++)
			for (size_t k = 0; k <= program.pieces[j].size; k += 3)
				ask(program.bytes, program.pieces[j].at + k,
				    program.addresses[1], text, sizeof text);
		free(program.bytes);
	}
}

static void assert_answer(const struct symbol *symbol, const char *answer)
{
	char text[1024];

	assert_non_null(symbol);
	answer_print(symbol, text, sizeof text);
	assert_string_equal(text, answer);
}

static void a_module_that_is_a_go_program_is_asked_there(void **state)
{
	struct program program;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		program_load(&program, names[i]);
		const char *path = scratch_path(names[i]);
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		assert_int_equal(fwrite(program.bytes, 1, program.size, file), program.size);
		assert_int_equal(fclose(file), 0);
		for (size_t j = 0; j < program.address_count; j++)
			assert_answer(symbols_resolve(path, NULL, 0, program.addresses[j]),
				      answers[j]);
		free(program.bytes);
	}
	symbols_close();
}

static void a_name_is_known_by_its_end_and_whether_it_was_inlined_or_not(void **state)
{
	struct program program;
	static const uint8_t other[20] = {1};

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		program_load(&program, names[i]);
		const char *path = scratch_path(names[i]);
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		assert_int_equal(fwrite(program.bytes, 1, program.size, file), program.size);
		assert_int_equal(fclose(file), 0);
		assert_int_equal(symbols_go_names(path, NULL, 0, "main.outer"), SYMBOLS_NAMED);
		assert_int_equal(symbols_go_names(path, NULL, 0, ".add"), SYMBOLS_NAMED);
		assert_int_equal(symbols_go_names(path, NULL, 0, "main.ad"), SYMBOLS_NOT_NAMED);
		assert_int_equal(symbols_go_names(path, NULL, 0, "main.addd"),
				 SYMBOLS_NOT_NAMED);
		assert_int_equal(symbols_go_names(path, other, sizeof other, ".add"),
				 SYMBOLS_UNREAD);
		free(program.bytes);
	}
	assert_int_equal(symbols_go_names("/proc/self/exe", NULL, 0, ".add"), SYMBOLS_NO_GO);
	assert_int_equal(symbols_go_names(scratch_path("gone"), NULL, 0, ".add"),
			 SYMBOLS_UNREAD);
	symbols_close();
}

/* shop() is C, on line 4; main() is Go, on line 10. */
static const char both[] =
	"package main\n"
	"\n"
	"/*\n"
	"__attribute__((noinline)) static int shop(int n) { return n + 1; }\n"
	"*/\n"
	"import \"C\"\n"
	"\n"
	"var total C.int\n"
	"\n"
	"func main() {\n"
	"	total = C.shop(total)\n"
	"}\n";

static uint64_t symbol_address(const char *program, const char *symbol)
{
	char command[512];
	unsigned long long address = 0;

	snprintf(command, sizeof command, "nm %s | awk '$3 == \"%s\" { print $1 }'", program,
		 symbol);
	FILE *lines = popen(command, "r");

	assert_non_null(lines);
	assert_int_equal(fscanf(lines, "%llx", &address), 1);
	pclose(lines);
	return address;
}

static void c_of_a_go_program_has_its_own_lines(void **state)
{
	static const char *const modes[] = {"exe", "pie"};

	(void)state;
	if (system("command -v go >/dev/null") != 0) {
		print_message("SKIPPED: no go here (package golang-go): C beside Go is not "
			      "tested\n");
		skip();
	}
	scratch_write("both.go", both);
	for (size_t i = 0; i < 2; i++) {
		scratch_shell("GO111MODULE=off CGO_ENABLED=1 CGO_CFLAGS='-g -O1' go build "
			      "-buildmode=%s -ldflags '-linkmode external' -o both-%s both.go",
			      modes[i], modes[i]);
		char name[16];

		snprintf(name, sizeof name, "both-%s", modes[i]);
		const char *path = scratch_path(name);
		const struct symbol *c =
			symbols_resolve(path, NULL, 0, symbol_address(path, "shop"));

		assert_answer(c, "shop both.go:4");
		assert_answer(symbols_resolve(path, NULL, 0, symbol_address(path, "main.main")),
			      "main.main both.go:10");
	}
	symbols_close();
}

/* For reduce.py. */
static int print_answers(const char *path, char *const *addresses)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(64 << 20), text[8192];

	if (!file || !bytes)
		return 1;
	size_t size = fread(bytes, 1, 64 << 20, file);

	fclose(file);
	for (; *addresses; addresses++) {
		ask(bytes, size, strtoull(*addresses, NULL, 16), text, sizeof text);
		puts(text);
	}
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_of_go_has_its_functions_and_lines),
		cmocka_unit_test(an_address_elsewhere_has_no_answer),
		cmocka_unit_test(a_table_of_another_version_has_no_answer),
		cmocka_unit_test(damage_reads_nothing_outside_the_file),
		cmocka_unit_test(a_file_that_is_cut_off_reads_nothing_behind_its_end),
		cmocka_unit_test(a_module_that_is_a_go_program_is_asked_there),
		cmocka_unit_test(a_name_is_known_by_its_end_and_whether_it_was_inlined_or_not),
		cmocka_unit_test(c_of_a_go_program_has_its_own_lines),
	};

	if (argc > 2)
		return print_answers(argv[1], argv + 2);
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
