/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_elf.c - program files and modules of any content: doctor's reader, and the symboliser.
 *
 * A trace names the modules of its process, and `run` and `doctor` look into the program that
 * they are given: none of these files need be what its name says. An input is such a file, in
 * which a few bytes behind its end say which addresses are asked for.
 *
 * Alone (-DSTANDALONE): fuzz_elf ELF [INPUTS [SEED]], with the bytes of that file changed.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "build/symbols.h"
#include "fuzz.h"
#include "program/elffile.h"
#include "program/loadable.h"
#include "program/runtime.h"

#define PLACES 4

static void program_looked_at(const char *path)
{
	struct elffile elf;
	char why[512] = "";

	if (elffile_read(path, &elf, why, sizeof why)) {
		runtime_of(&elf);
		loadable_obstacle(&elf);
		loadable_must_not_preload(&elf);
		loadable_goes_first(&elf);
		elffile_clear(&elf);
	} else {
		claim(*why != '\0', "it is refused without a reason");
	}
	elffile_has_static_librdkafka(path);
	elffile_exports(path, "PyLong_FromLong");
}

static void module_asked(const char *path, struct input *places)
{
	for (int i = 0; i < PLACES; i++)
		symbols_resolve(path, NULL, 0, input_number(places, 2));
	symbols_close();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t tail = size < 2 * PLACES ? size : 2 * PLACES;
	struct input places = {data + size - tail, tail};
	int file = memfd_create("fuzz_elf", MFD_CLOEXEC);
	char path[64];

	claim(file >= 0 && write(file, data, size) == (ssize_t)size, "no file");
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	program_looked_at(path);
	module_asked(path, &places);
	close(file);
	return 0;
}

#ifdef STANDALONE
static uint8_t original[1 << 20], changed[1 << 20];

/* The header, the tables behind it and at the end, or anywhere. */
static size_t somewhere(size_t size)
{
	switch (dice(4)) {
	case 0:
		return dice(64);
	case 1:
		return dice(1024) % size;
	case 2:
		return size - 1 - dice(2048) % size;
	default:
		return dice((unsigned)size);
	}
}

int main(int argc, char **argv)
{
	unsigned long inputs = argc > 2 ? strtoul(argv[2], NULL, 10) : 500;
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	size_t size = file ? fread(original, 1, sizeof original, file) : 0;

	claim(size > 0, "usage: fuzz_elf ELF [INPUTS [SEED]]");
	fclose(file);
	fuzz_seed_by(argc, argv, 3);
	for (unsigned long i = 0; i < inputs; i++) {
		memcpy(changed, original, size);
		for (unsigned changes = 1 + dice(8); changes; changes--)
			changed[somewhere(size)] = (uint8_t)(dice(2) ? 0xff : dice(256));
		LLVMFuzzerTestOneInput(changed, dice(8) ? size : dice((unsigned)size));
	}
	printf("fuzz_elf: %lu inputs\n", inputs);
	return 0;
}
#endif
