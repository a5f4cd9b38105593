/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_symbols.c - functions and lines of small libraries compiled here
 */
#include "build/symbols.h"

#include <stddef.h>
#include <stdint.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "testing.h"

/* outer() inlines inner(), which calls here() on line 4; here() keeps the
 * address that it will return to. */
static const char inlined[] =
	"void *returns_to;\n"
	"__attribute__((noinline)) void here(void) { returns_to = __builtin_return_address(0); "
	"}\n"
	"static inline __attribute__((always_inline)) void inner(void) {\n"
	"\there();\n"
	"}\n"
	"void outer(void) {\n"
	"\tinner();\n"
	"\t__asm__ volatile(\"\" ::: \"memory\");\n"
	"}\n";

static const char cplusplus[] =
	"namespace shop { struct till { void sell(int); };\n"
	"void till::sell(int price) { static volatile int sum; sum = sum + price; } }\n";

#define BUILD_ID "0102030405060708090a0b0c0d0e0f1011121314"
static const uint8_t build_id[20] = {1,	 2,  3,	 4,  5,	 6,  7,	 8,  9,	 10,
				     11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

static const char *library_build(const char *name, const char *text, const char *compiler,
				 const char *flags)
{
	char library[64];

	snprintf(library, sizeof(library), "lib%s.so", name);
	scratch_write(name, text);
	scratch_shell("%s -shared -fPIC %s -Wl,--build-id=0x" BUILD_ID " -o %s %s", compiler,
		      flags, library, name);
	return scratch_path(library);
}

/* The file's own address of a symbol, through a loaded copy. */
static uint64_t offset_in(const char *library, const void *address)
{
	Dl_info info;

	assert_true(dladdr(address, &info) != 0);
	assert_string_equal(info.dli_fname, library);
	return (uint64_t)((const char *)address - (const char *)info.dli_fbase);
}

/* Where outer()'s inlined call of here() returns to. */
static uint64_t return_offset(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	assert_non_null(handle);
	void (*outer)(void);
	*(void **)&outer = dlsym(handle, "outer");
	outer();
	return offset_in(library, *(void **)dlsym(handle, "returns_to"));
}

static uint64_t symbol_offset(const char *library, const char *symbol)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	assert_non_null(handle);
	return offset_in(library, dlsym(handle, symbol));
}

static void an_inlined_call_is_its_innermost_function_and_line(void **state)
{
	const char *library = library_build("inlined.c", inlined, "cc", "-g -O2");
	const struct symbol *symbol;

	(void)state;
	symbol = symbols_resolve(library, build_id, sizeof(build_id),
				 return_offset(library) - 1);
	assert_non_null(symbol);
	assert_string_equal(symbol->function, "inner");
	assert_non_null(strstr(symbol->file, "inlined.c"));
	assert_int_equal(symbol->line, 4);
	/* Remembered. */
	assert_ptr_equal(symbols_resolve(library, build_id, sizeof(build_id),
					 return_offset(library) - 1),
			 symbol);
}

static void behind_it_stands_what_it_was_inlined_into(void **state)
{
	const char *library = library_build("inlined.c", inlined, "cc", "-g -O2");
	const struct symbol *symbol;

	(void)state;
	symbol = symbols_resolve(library, build_id, sizeof(build_id),
				 return_offset(library) - 1);
	assert_non_null(symbol);
	assert_non_null(symbol->into);
	assert_string_equal(symbol->into->function, "outer");
	assert_non_null(strstr(symbol->into->file, "inlined.c"));
	assert_int_equal(symbol->into->line, 7);
	assert_null(symbol->into->into);
}

static void a_cplusplus_name_is_demangled(void **state)
{
	const char *library = library_build("shop.cpp", cplusplus, "c++", "-g -O2");
	const struct symbol *symbol;

	(void)state;
	symbol = symbols_resolve(library, build_id, sizeof(build_id),
				 symbol_offset(library, "_ZN4shop4till4sellEi"));
	assert_non_null(symbol);
	assert_string_equal(symbol->function, "shop::till::sell(int)");
	assert_int_equal(symbol->line, 2);
}

static void without_debug_information_the_symbol_table_answers(void **state)
{
	const char *library = library_build("plain.c", inlined, "cc", "-g0 -O2");
	const struct symbol *symbol;

	(void)state;
	symbol = symbols_resolve(library, NULL, 0, return_offset(library) - 1);
	assert_non_null(symbol);
	assert_string_equal(symbol->function, "outer");
	assert_null(symbol->file);
	assert_int_equal(symbol->line, 0);
}

static void a_separate_debug_file_is_found(void **state)
{
	const char *library = library_build("apart.c", inlined, "cc", "-g -O2");
	const struct symbol *symbol;

	(void)state;
	scratch_shell("mkdir -p .debug && objcopy --only-keep-debug libapart.c.so "
		      ".debug/libapart.debug && cd .debug && objcopy --strip-debug "
		      "--add-gnu-debuglink=libapart.debug ../libapart.c.so");
	symbol = symbols_resolve(library, build_id, sizeof(build_id),
				 return_offset(library) - 1);
	assert_non_null(symbol);
	assert_string_equal(symbol->function, "inner");
	assert_int_equal(symbol->line, 4);
}

static void another_build_id_is_refused(void **state)
{
	const char *library = library_build("other.c", inlined, "cc", "-g -O2");
	const uint64_t offset = return_offset(library) - 1;
	const uint8_t other[20] = {9};

	(void)state;
	assert_null(symbols_resolve(library, other, sizeof(other), offset));
	assert_non_null(symbols_resolve(library, build_id, sizeof(build_id), offset));
	/* Remembered, and none of the other's all the same. */
	assert_null(symbols_resolve(library, other, sizeof(other), offset));
}

static void a_file_without_a_build_id_is_refused_when_one_is_asked_for(void **state)
{
	const struct symbol *symbol;

	(void)state;
	scratch_write("anonymous.c", inlined);
	scratch_shell("cc -shared -fPIC -g -Wl,--build-id=none -o libanonymous.so anonymous.c");
	const char *library = scratch_path("libanonymous.so");
	const uint64_t offset = return_offset(library) - 1;
	assert_null(symbols_resolve(library, build_id, sizeof(build_id), offset));
	symbol = symbols_resolve(library, NULL, 0, offset);
	assert_non_null(symbol);
}

static void what_is_no_library_has_no_symbols(void **state)
{
	(void)state;
	assert_null(symbols_resolve(scratch_path("nowhere.so"), NULL, 0, 16));
	assert_null(symbols_resolve(scratch_write("text", "not a library\n"), NULL, 0, 16));
	assert_null(symbols_resolve("[vdso]", NULL, 0, 16));
	assert_null(symbols_resolve("", NULL, 0, 0));
}

static void an_address_outside_the_file_has_no_symbol(void **state)
{
	const char *library = library_build("beyond.c", inlined, "cc", "-g -O2");

	(void)state;
	assert_null(symbols_resolve(library, NULL, 0, UINT64_MAX - 8));
	assert_null(symbols_resolve(library, NULL, 0, 1 << 30));
}

/* ---- names that lead elsewhere: an answer without them, and open() never waits ---- */

#define TOO_LONG_SECONDS 30 /* then SIGALRM ends the test */

static void what_is_no_regular_file_is_not_opened(void **state)
{
	(void)state;
	scratch_shell("mkfifo fifo && ln -s fifo link && ln -s /dev/tty terminal");
	alarm(TOO_LONG_SECONDS);
	assert_null(symbols_resolve(scratch_path("fifo"), NULL, 0, 16));
	assert_null(symbols_resolve(scratch_path("link"), NULL, 0, 16));
	assert_null(symbols_resolve(scratch_path("terminal"), NULL, 0, 16));
	assert_null(symbols_resolve("/proc/self/fd/0", NULL, 0, 16));
	assert_null(symbols_resolve("/proc/kmsg", NULL, 0, 16));
	assert_null(symbols_resolve("/dev/zero", NULL, 0, 16));
	assert_null(symbols_resolve("/tmp", NULL, 0, 16));
	alarm(0);
}

/* The answer of the symbol table, with no line. */
static void assert_symbol_alone(const char *library, uint64_t offset, const char *function)
{
	alarm(TOO_LONG_SECONDS);
	const struct symbol *symbol = symbols_resolve(library, NULL, 0, offset);

	alarm(0);
	assert_non_null(symbol);
	assert_string_equal(symbol->function, function);
	assert_null(symbol->file);
}

/* A library of which all debug information is in another file, that of `link`. */
static const char *library_linked(const char *name, const char *link)
{
	scratch_write(name, inlined);
	scratch_shell("cc -shared -fPIC -g -Wl,--build-id=none -o %s.so %s && "
		      "mkdir -p $(dirname %s) && objcopy --only-keep-debug %s.so %s && "
		      "strip -g %s.so && objcopy --add-gnu-debuglink=%s %s.so && "
		      "strip %s.so && rm %s && mkfifo %s",
		      name, name, link, name, link, name, link, name, name, link, link);
	char library[64];

	snprintf(library, sizeof(library), "%s.so", name);
	return scratch_path(library);
}

static void a_fifo_for_a_debug_file_is_not_waited_for(void **state)
{
	static const char *const links[] = {"beside.debug", ".debug/within.debug"};
	char name[32];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "linked%zu.c", i);
		const char *library = library_linked(name, links[i]);

		assert_symbol_alone(library, symbol_offset(library, "outer"), "outer");
	}
}

/* The part that several debug files share (dwz): its name is any path. */
static void a_fifo_for_a_shared_debug_file_is_not_waited_for(void **state)
{
	(void)state;
	scratch_shell("mkfifo shared.debug");
	for (int absolute = 0; absolute < 2; absolute++) {
		char name[32];

		snprintf(name, sizeof(name), "shares%d.c", absolute);
		const char *library = library_build(name, inlined, "cc", "-g");

		scratch_shell("printf '%s\\000aaaaaaaaaaaaaaaaaaaa' >alt && "
			      "objcopy --add-section .gnu_debugaltlink=alt lib%s.so",
			      absolute ? scratch_path("shared.debug") : "shared.debug", name);
		assert_symbol_alone(library, symbol_offset(library, "outer"), "outer");
	}
}

/* libdw opens .dwo files only when it is asked for more than we ask. */
static void a_fifo_for_a_split_unit_is_not_waited_for(void **state)
{
	(void)state;
	const char *library = library_build("split.c", inlined, "cc", "-g -gsplit-dwarf");
	const uint64_t offset = symbol_offset(library, "outer");

	scratch_shell("ls *.dwo && for dwo in *.dwo; do rm $dwo && mkfifo $dwo; done");
	alarm(TOO_LONG_SECONDS);
	const struct symbol *symbol = symbols_resolve(library, NULL, 0, offset);

	alarm(0);
	assert_non_null(symbol);
	assert_string_equal(symbol->function, "outer");
}

/* Mapped by libdw, then cut off by whoever builds it anew. */
static void a_file_that_shrinks_while_it_is_read_is_survived(void **state)
{
	const char *library = library_build("shrinks.c", inlined, "cc", "-g -O2");
	const uint64_t here = symbol_offset(library, "here");

	(void)state;
	symbols_close(); /* cmocka has taken the signal back since */
	scratch_shell("cp libshrinks.c.so copy.so");
	const char *copy = scratch_path("copy.so");

	assert_non_null(symbols_resolve(copy, NULL, 0, here));
	assert_int_equal(truncate(copy, 0), 0);
	for (uint64_t offset = 0; offset < 0x5000; offset += 16)
		symbols_resolve(copy, NULL, 0, offset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inlined_call_is_its_innermost_function_and_line),
		cmocka_unit_test(behind_it_stands_what_it_was_inlined_into),
		cmocka_unit_test(a_cplusplus_name_is_demangled),
		cmocka_unit_test(without_debug_information_the_symbol_table_answers),
		cmocka_unit_test(a_separate_debug_file_is_found),
		cmocka_unit_test(another_build_id_is_refused),
		cmocka_unit_test(a_file_without_a_build_id_is_refused_when_one_is_asked_for),
		cmocka_unit_test(what_is_no_library_has_no_symbols),
		cmocka_unit_test(an_address_outside_the_file_has_no_symbol),
		cmocka_unit_test(what_is_no_regular_file_is_not_opened),
		cmocka_unit_test(a_fifo_for_a_debug_file_is_not_waited_for),
		cmocka_unit_test(a_fifo_for_a_shared_debug_file_is_not_waited_for),
		cmocka_unit_test(a_fifo_for_a_split_unit_is_not_waited_for),
		cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_survived),
	};
	int failed = cmocka_run_group_tests(tests, scratch_make, scratch_remove);

	symbols_close();
	return failed;
}
