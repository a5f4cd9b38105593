/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shim.c - laws of the preload library as a file: libc alone, exports equal rows.
 *
 * Read with the ELF structures themselves, so that no tool is needed.
 */
#include <stddef.h>
#include <stdint.h>

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

/* What a host must have: Debian 12, Ubuntu 22.04, RHEL 9 have it. */
#define GLIBC_MAJOR 2
#define GLIBC_MINOR_MOST 17

static const char *image;

#define ROW(name, ...) #name,
#define SERVE(name, ...) #name,
static const char *const rows[] = {
#include "calls/calls.def"
};
#define ROWS (sizeof(rows) / sizeof(*rows))

static const Elf64_Shdr *section_of_type(uint32_t type)
{
	const Elf64_Ehdr *header = (const void *)image;
	const Elf64_Shdr *sections = (const void *)(image + header->e_shoff);

	for (int i = 0; i < header->e_shnum; i++)
		if (sections[i].sh_type == type)
			return &sections[i];
	fail_msg("no section of type %u", type);
	return NULL;
}

static const char *strings_of(const Elf64_Shdr *section)
{
	const Elf64_Ehdr *header = (const void *)image;
	const Elf64_Shdr *sections = (const void *)(image + header->e_shoff);

	return image + sections[section->sh_link].sh_offset;
}

static bool is_row(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i], name) == 0)
			return true;
	return false;
}

static void it_needs_libc_alone(void **state)
{
	const Elf64_Shdr *dynamic = section_of_type(SHT_DYNAMIC);
	const Elf64_Dyn *entry = (const void *)(image + dynamic->sh_offset);
	int needed = 0;

	(void)state;
	for (; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag != DT_NEEDED)
			continue;
		needed++;
		assert_string_equal(strings_of(dynamic) + entry->d_un.d_val, "libc.so.6");
	}
	assert_int_equal(needed, 1);
}

/* musl's loader ignores versions and takes itself for libc.so.6: there the shim loads if
 * musl has each name that it cannot do without. These are in every musl since 1.1. */
static void all_that_it_takes_from_libc_is_in_musl_too(void **state)
{
	static const char names[] =
		" __environ environ __errno_location __getauxval clock_gettime "
		"dl_iterate_phdr fileno getauxval memchr memcmp memcpy memmem memmove "
		"memrchr memset nanosleep prctl stpcpy strchr strcmp strcpy strcspn "
		"strlen strncmp strncpy strnlen strrchr strstr ";
	const Elf64_Shdr *section = section_of_type(SHT_DYNSYM);
	const Elf64_Sym *symbols = (const void *)(image + section->sh_offset);
	int taken = 0;

	(void)state;
	for (size_t i = 1; i < section->sh_size / sizeof(*symbols); i++) {
		char name[64];

		if (symbols[i].st_shndx != SHN_UNDEF ||
		    ELF64_ST_BIND(symbols[i].st_info) == STB_WEAK)
			continue;
		snprintf(name, sizeof(name), " %s ", strings_of(section) + symbols[i].st_name);
		if (!strstr(names, name))
			fail_msg("is%sin musl, too?", name);
		taken++;
	}
	assert_true(taken > 10);
}

static void it_exports_the_rows_of_the_call_table_and_no_more(void **state)
{
	const Elf64_Shdr *section = section_of_type(SHT_DYNSYM);
	const Elf64_Sym *symbols = (const void *)(image + section->sh_offset);
	size_t count = section->sh_size / sizeof(*symbols), exported = 0;

	(void)state;
	for (size_t i = 1; i < count; i++) {
		const char *name = strings_of(section) + symbols[i].st_name;

		/* A linker for aarch64 leaves symbols of sections, which nobody can bind to. */
		if (symbols[i].st_shndx == SHN_UNDEF ||
		    ELF64_ST_BIND(symbols[i].st_info) == STB_LOCAL)
			continue;
		if (!is_row(name))
			fail_msg("'%s' is exported and is no row", name);
		assert_int_equal(ELF64_ST_TYPE(symbols[i].st_info), STT_FUNC);
		exported++;
	}
	/* None missing: each row once, for names of symbols are unique. */
	assert_int_equal(exported, ROWS);
}

/* With an auditor the loader lays these out before it loads a preloaded
 * library: what it has room for is shared with the host's own. */
static void its_thread_locals_are_few(void **state)
{
	const Elf64_Ehdr *header = (const void *)image;
	const Elf64_Phdr *segments = (const void *)(image + header->e_phoff);
	/* No more than the block of which they become a part: glibc's TCB_ALIGNMENT. */
	uint64_t align = header->e_machine == EM_AARCH64 ? 16 : 64, bytes = 0;

	(void)state;
	for (int i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_TLS) {
			bytes += segments[i].p_memsz;
			assert_between(segments[i].p_align, 1, align);
		}
	assert_between(bytes, 1, 768);
}

static void no_row_stands_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = i + 1; j < ROWS; j++)
			assert_string_not_equal(rows[i], rows[j]);
}

static void it_stands_in_for_neither_dlsym_nor_dlopen(void **state)
{
	(void)state;
	/* A wrapper in C sends the host's RTLD_NEXT and $ORIGIN astray. */
	assert_false(is_row("dlsym"));
	assert_false(is_row("dlopen"));
	assert_false(is_row("vfork"));
}

static void it_loads_on_glibc_2_17(void **state)
{
	const Elf64_Shdr *section = section_of_type(SHT_GNU_verneed);
	const char *at = image + section->sh_offset;
	const Elf64_Verneed *file = (const void *)at;

	(void)state;
	for (uint32_t i = 0; i < section->sh_info; i++) {
		const Elf64_Vernaux *version = (const void *)(at + file->vn_aux);

		for (int j = 0; j < file->vn_cnt; j++) {
			const char *name = strings_of(section) + version->vna_name;
			int major, minor;

			assert_int_equal(sscanf(name, "GLIBC_%d.%d", &major, &minor), 2);
			assert_int_equal(major, GLIBC_MAJOR);
			if (minor > GLIBC_MINOR_MOST)
				fail_msg("it needs %s", name);
			version = (const void *)((const char *)version + version->vna_next);
		}
		at += file->vn_next;
		file = (const void *)at;
	}
}

static void it_asks_for_no_executable_stack_and_no_text_relocation(void **state)
{
	const Elf64_Ehdr *header = (const void *)image;
	const Elf64_Phdr *segments = (const void *)(image + header->e_phoff);
	const Elf64_Dyn *entry =
		(const void *)(image + section_of_type(SHT_DYNAMIC)->sh_offset);

	(void)state;
	for (int i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_GNU_STACK)
			assert_false(segments[i].p_flags & PF_X);
	for (; entry->d_tag != DT_NULL; entry++)
		assert_int_not_equal(entry->d_tag, DT_TEXTREL);
}

static int map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) != 0)
		return -1;
	image = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return image == MAP_FAILED ? -1 : memcmp(image, ELFMAG, SELFMAG);
}

static void the_auditor_needs_nothing_at_all(void **state)
{
	const char *shim = image;

	(void)state;
	assert_int_equal(map_file(PATH_AUDIT), 0);
	const Elf64_Dyn *entry =
		(const void *)(image + section_of_type(SHT_DYNAMIC)->sh_offset);
	for (; entry->d_tag != DT_NULL; entry++)
		assert_int_not_equal(entry->d_tag, DT_NEEDED);
	image = shim;
}

static int map_the_shim(void **state)
{
	(void)state;
	return map_file(PATH_SHIM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_needs_libc_alone),
		cmocka_unit_test(all_that_it_takes_from_libc_is_in_musl_too),
		cmocka_unit_test(it_exports_the_rows_of_the_call_table_and_no_more),
		cmocka_unit_test(its_thread_locals_are_few),
		cmocka_unit_test(no_row_stands_twice),
		cmocka_unit_test(it_stands_in_for_neither_dlsym_nor_dlopen),
		cmocka_unit_test(it_loads_on_glibc_2_17),
		cmocka_unit_test(it_asks_for_no_executable_stack_and_no_text_relocation),
		cmocka_unit_test(the_auditor_needs_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, map_the_shim, NULL);
}
