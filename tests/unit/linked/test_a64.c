/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_a64.c - aarch64 instructions: what in them depends on their address,
 * compared with binutils. Instructions are only numbers here: this runs on
 * every processor for which binutils for aarch64 exists.
 *
 * compiles: shim/linked/a64.c
 * links: rdkafka
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "linked/a64.h"
#include "testing.h"

#define AT 0x10000000u

/* As `as` of binutils wrote them; the last ones it does not know: from DDI 0487, C6.2. */
static const struct {
	uint32_t word;
	enum a64_kind kind;
	uint32_t target; /* from AT */
} known[] = {
	{0xa9be7bfd, A64_PLAIN, 0},	     /* stp x29, x30, [sp, #-32]! */
	{0x910003fd, A64_PLAIN, 0},	     /* mov x29, sp */
	{0xd503201f, A64_PLAIN, 0},	     /* nop */
	{0xd503245f, A64_PLAIN, 0},	     /* bti c */
	{0xd503233f, A64_PLAIN, 0},	     /* paciasp */
	{0xd53bd041, A64_PLAIN, 0},	     /* mrs x1, tpidr_el0 */
	{0x4f000400, A64_PLAIN, 0},	     /* movi v0.4s, #0 */
	{0x93c30841, A64_PLAIN, 0},	     /* extr x1, x2, x3, #2 */
	{0xdac103fe, A64_PLAIN, 0},	     /* pacia x30, sp */
	{0x05e039e0, A64_PLAIN, 0},	     /* mov z0.d, x15: SVE's */
	{0x10000081, A64_ADDRESS, 0x10},     /* adr x1, .+16 */
	{0x70ffffe1, A64_ADDRESS, -1u},	     /* adr x1, .-1 */
	{0xb0000002, A64_ADDRESS, 0x1000},   /* adrp x2, the next page */
	{0xf0ffffe2, A64_ADDRESS, -0x1000u}, /* adrp x2, the page before */
	{0x18000081, A64_LOAD, 0x10},	     /* ldr w1, .+16 */
	{0x58ffff81, A64_LOAD, -0x10u},	     /* ldr x1, .-16 */
	{0x98000081, A64_LOAD, 0x10},	     /* ldrsw x1, .+16 */
	{0xd8000080, A64_LOAD, 0x10},	     /* prfm pldl1keep, .+16 */
	{0x1c000080, A64_LOAD, 0x10},	     /* ldr s0, .+16 */
	{0x14000004, A64_JUMP, 0x10},	     /* b .+16 */
	{0x16000000, A64_JUMP, -0x8000000u}, /* b as far back as it reaches */
	{0x15ffffff, A64_JUMP, 0x7fffffc},
	{0x97fffffc, A64_CALL, -0x10u},	    /* bl .-16 */
	{0x54000080, A64_BRANCH, 0x10},	    /* b.eq .+16 */
	{0x34ffff80, A64_BRANCH, -0x10u},   /* cbz w0, .-16 */
	{0xb5000081, A64_BRANCH, 0x10},	    /* cbnz x1, .+16 */
	{0x36080080, A64_BRANCH, 0x10},	    /* tbz w0, #1, .+16 */
	{0xb707ff80, A64_BRANCH, -0x10u},   /* tbnz x0, #32, .-16 */
	{0x37040000, A64_BRANCH, -0x8000u}, /* tbnz w0, #0, as far back as it reaches */
	{0xd65f03c0, A64_END, 0},	    /* ret */
	{0xd61f0220, A64_END, 0},	    /* br x17 */
	{0xd71f0a11, A64_END, 0},	    /* braa x16, x17 */
	{0xd65f0bff, A64_END, 0},	    /* retaa */
	{0xd63f0020, A64_STAYS, 0},	    /* blr x1 */
	{0xd73f0822, A64_STAYS, 0},	    /* blraa x1, x2 */
	{0xd4000001, A64_STAYS, 0},	    /* svc #0 */
	{0xd4207d00, A64_STAYS, 0},	    /* brk #1000 */
	{0x00000000, A64_STAYS, 0},	    /* udf #0 */
	{0xd50324ff, A64_STAYS, 0},	    /* pacm */
	{0xdac1a3fe, A64_STAYS, 0},	    /* paciasppc */
	{0xf380001f, A64_STAYS, 0},	    /* autiasppc . */
	{0x5500001f, A64_STAYS, 0},	    /* retaasppc . */
};

/* Not allocated, or compare and branch (FEAT_CMPBR), which is none of those above. */
static const uint32_t unknown[] = {0x00010000, 0x03000000, 0x06000000, 0x74000000,
				   0xf5000000, 0xdc000000, 0xd61e0000, 0x56000000};

static void each_kind_is_known(void **state)
{
	struct a64 a64;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uintptr_t target = known[i].target || known[i].kind == A64_ADDRESS
					   ? AT + (uintptr_t)(int32_t)known[i].target
					   : 0;

		if (!a64_decode(known[i].word, AT, &a64) || a64.kind != known[i].kind ||
		    a64.target != target)
			fail_msg("%08x: kind %d, target %#lx", known[i].word, (int)a64.kind,
				 (unsigned long)a64.target);
	}
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if (a64_decode(unknown[i], AT, &a64))
			fail_msg("%08x: taken for kind %d", unknown[i], (int)a64.kind);
}

/* ---- as binutils has it ---- */

struct line {
	unsigned long address;
	uint32_t word;
	char name[16];
	const char *operands;
};

/* A line of `objdump -d`: "  1234:\ta9be7bfd \tstp\tx29, x30, ...  // a comment". */
static bool line_read(char *text, struct line *line)
{
	char *comment = strstr(text, "//");
	int end = 0;

	if (comment)
		*comment = '\0';
	line->name[0] = '\0';
	if (sscanf(text, " %lx:\t%8x \t%15s%n", &line->address, &line->word, line->name,
		   &end) != 3)
		return false;
	line->operands = text + end;
	return true;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* The kind by the instruction's name and its last operand. */
static enum a64_kind line_kind(const struct line *line)
{
	static const char *const branches[] = {"cbz", "cbnz", "tbz", "tbnz", NULL};
	static const char *const ends[] = {"ret",    "retaa", "retab", "br",   "braa",
					   "brab",   "braaz", "brabz", "eret", "eretaa",
					   "eretab", "drps",  NULL};
	static const char *const stay[] = {"blr", "blraa", "blrab", "blraaz", "blrabz",
					   "svc", "hvc",   "smc",   "brk",    "hlt",
					   "udf", "dcps1", "dcps2", "dcps3",  NULL};
	static const char *const loads[] = {"ldr", "ldrsw", "prfm", NULL};

	if (strcmp(line->name, "b") == 0)
		return A64_JUMP;
	if (strcmp(line->name, "bl") == 0)
		return A64_CALL;
	if (strncmp(line->name, "b.", 2) == 0 || strncmp(line->name, "bc.", 3) == 0 ||
	    is_one_of(line->name, branches))
		return A64_BRANCH;
	if (strcmp(line->name, "adr") == 0 || strcmp(line->name, "adrp") == 0)
		return strchr(line->operands, '[') ? A64_PLAIN : A64_ADDRESS; /* SVE's adr */
	if (is_one_of(line->name, ends))
		return A64_END;
	if (is_one_of(line->name, stay))
		return A64_STAYS;
	return is_one_of(line->name, loads) && !strchr(line->operands, '[') ? A64_LOAD
									    : A64_PLAIN;
}

static bool has_target(enum a64_kind kind)
{
	return kind == A64_JUMP || kind == A64_CALL || kind == A64_BRANCH ||
	       kind == A64_ADDRESS || kind == A64_LOAD;
}

/* The last operand is it: "x1, 5678 <name+0x12>". */
static unsigned long line_target(const struct line *line)
{
	const char *comma = strrchr(line->operands, ',');
	unsigned long target = 0;

	sscanf(comma ? comma + 1 : line->operands, " %lx", &target);
	return target;
}

static bool is_known_to_binutils(const struct line *line)
{
	return line->name[0] != '.' && strstr(line->operands, "undefined") == NULL &&
	       strstr(line->operands, "NYI") == NULL;
}

/* Returns how many it compared. `of_program`: an instruction that is not known is a fault. */
static unsigned long listing_compare(const char *command, bool of_program)
{
	char text[512];
	struct line line;
	struct a64 a64;
	unsigned long compared = 0, different = 0;
	FILE *listing = popen(command, "r");

	assert_non_null(listing);
	while (fgets(text, sizeof text, listing)) {
		if (!line_read(text, &line) || !is_known_to_binutils(&line))
			continue;
		bool is_known = a64_decode(line.word, line.address, &a64);
		enum a64_kind kind = line_kind(&line);

		compared++;
		if (!is_known && !of_program)
			continue;
		if (is_known &&
		    (a64.kind == kind || (a64.kind == A64_STAYS && !has_target(kind))) &&
		    (!has_target(kind) || a64.target == line_target(&line)))
			continue;
		if (different++ < 20)
			print_error("kind %d, target %#lx: %s", (int)a64.kind,
				    (unsigned long)a64.target, text);
	}
	assert_int_equal(pclose(listing), 0);
	assert_int_equal(different, 0);
	return compared;
}

#if defined(__aarch64__)
#define OBJDUMP "objdump"
#else
#define OBJDUMP "aarch64-linux-gnu-objdump"
#endif

static void any_word_is_as_binutils_has_it(void **state)
{
	char path[] = "/tmp/unflushed-a64-XXXXXX", command[200];

	(void)state;
	if (system("command -v " OBJDUMP " > /dev/null") != 0) {
		print_message("SKIPPED: no " OBJDUMP "\n");
		skip();
	}
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	FILE *words = fdopen(fd, "w");

	srand(1);
	for (int i = 0; i < 300000; i++) {
		uint32_t word = (uint32_t)rand() << 16 ^ (uint32_t)rand();

		fwrite(&word, sizeof word, 1, words);
	}
	fclose(words);
	snprintf(command, sizeof command,
		 OBJDUMP " -D -b binary -m aarch64 "
			 "--adjust-vma=0x10000000 %s",
		 path);
	unsigned long compared = listing_compare(command, false);

	unlink(path);
	assert_true(compared > 100000);
}

/* All that there is in a program is known; no branch of it in particular is refused. */
static void librdkafka_is_as_binutils_has_it(void **state)
{
	char command[600];
	Dl_info info;

	(void)state;
#if !defined(__aarch64__)
	skip();
#endif
	assert_true(dladdr((const void *)rd_kafka_version, &info));
	snprintf(command, sizeof command, OBJDUMP " -d -w %s", info.dli_fname);
	assert_true(listing_compare(command, true) > 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_known),
		cmocka_unit_test(any_word_is_as_binutils_has_it),
		cmocka_unit_test(librdkafka_is_as_binutils_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
