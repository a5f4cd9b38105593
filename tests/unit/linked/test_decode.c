/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_decode.c - x86-64 instructions: their lengths, compared with binutils,
 * and what in them depends on their address.
 *
 * compiles: shim/linked/decode.c
 * links: rdkafka
 */
#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <librdkafka/rdkafka.h>

#include "linked/decode.h"
#include "testing.h"

static const struct {
	const char *hex;
	enum decoded_kind kind;
	int64_t target;
	bool is_nop;
} known[] = {
	{"55", DECODED_PLAIN, 0, false},			 /* push rbp */
	{"4889e5", DECODED_PLAIN, 0, false},			 /* mov rbp, rsp */
	{"488b05f0000000", DECODED_RELATIVE, 0xf7, false},	 /* mov rax, [rip+0xf0] */
	{"c705f000000001000000", DECODED_RELATIVE, 0xfa, false}, /* mov dword [rip+0xf0], 1 */
	{"ff25f0000000", DECODED_RELATIVE, 0xf6, false},	 /* jmp [rip+0xf0] */
	{"c5fa1005f0000000", DECODED_RELATIVE, 0xf8, false},	 /* vmovss xmm0, [rip+0xf0] */
	{"e9fbffffff", DECODED_JUMP, 0, false},
	{"ebfe", DECODED_JUMP, 0, false},
	{"7410", DECODED_BRANCH, 0x12, false},
	{"0f84f0000000", DECODED_BRANCH, 0xf6, false},
	{"e2fe", DECODED_LOOP, 0, false},
	{"e3fe", DECODED_LOOP, 0, false},
	{"e800000000", DECODED_CALL, 5, false},
	{"666648e800000000", DECODED_CALL, 8, false}, /* __tls_get_addr, as it is padded */
	{"c3", DECODED_END, 0, false},
	{"f3c3", DECODED_END, 0, false},
	{"ffe0", DECODED_END, 0, false}, /* jmp rax */
	{"ffd0", DECODED_PLAIN, 0, false},
	{"0f0b", DECODED_END, 0, false},
	{"90", DECODED_PLAIN, 0, true},
	{"6690", DECODED_PLAIN, 0, true},
	{"660f1f840000000000", DECODED_PLAIN, 0, true},
	{"cc", DECODED_PLAIN, 0, true},
	{"4190", DECODED_PLAIN, 0, true}, /* as long as W is clear it is a nop or xchg r8 */
	{"f30f1efa", DECODED_PLAIN, 0, false}, /* endbr64 */
	{"48b88877665544332211", DECODED_PLAIN, 0, false},
	{"66b83412", DECODED_PLAIN, 0, false},
	{"f6c301", DECODED_PLAIN, 0, false},	     /* test bl, 1: an immediate */
	{"f6d3", DECODED_PLAIN, 0, false},	     /* not bl: none */
	{"62f17c48100424", DECODED_PLAIN, 0, false}, /* vmovups zmm0, [rsp] */
};

/* They are no instructions in 64-bit mode, or not to be taken for known. */
static const char *const unknown[] = {"06", "9a", "d5", "0f04", "66e90000", "8f", "4f"};

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
	size_t count = strlen(hex) / 2;
	unsigned value;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
		bytes[i] = (uint8_t)value;
	}
	return count;
}

/* So many bytes at the end of a page, behind which nothing may be read. */
static uint8_t *edge(void)
{
	static uint8_t *pages;

	if (!pages) {
		pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
		assert_true(pages != MAP_FAILED && !mprotect(pages + 4096, 4096, PROT_NONE));
	}
	return pages + 4096;
}

static void each_kind_is_known(void **state)
{
	uint8_t bytes[16];
	struct decoded decoded;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t count = bytes_of(known[i].hex, bytes);
		uint8_t *code = memcpy(edge() - count, bytes, count);

		if (!decode(code, count, &decoded) || decoded.bytes != count ||
		    decoded.kind != known[i].kind || decoded.target != known[i].target)
			fail_msg("%s: %d bytes, kind %d, target %ld", known[i].hex,
				 decoded.bytes, decoded.kind, (long)decoded.target);
		if (decoded.kind == DECODED_PLAIN)
			assert_int_equal(decoded.is_nop, known[i].is_nop);
		for (size_t less = 0; less < count; less++) {
			memmove(edge() - less, bytes, less);
			assert_false(decode(edge() - less, less, &decoded));
		}
	}
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		size_t count = bytes_of(unknown[i], bytes);

		memset(bytes + count, 0, sizeof bytes - count);
		if (strlen(unknown[i]) > 2 || bytes[0] != 0x8f)
			count = sizeof bytes;
		if (decode(bytes, strcmp(unknown[i], "4f") ? count : 1, &decoded))
			fail_msg("%s: taken for %d bytes", unknown[i], decoded.bytes);
	}
}

static void nothing_behind_the_end_is_read(void **state)
{
	struct decoded decoded;

	(void)state;
	srand(1);
	for (int i = 0; i < 2000000; i++) {
		size_t room = (size_t)rand() % 20;
		uint8_t *code = edge() - room;

		for (size_t at = 0; at < room; at++)
			code[at] = (uint8_t)rand();
		if (decode(code, room, &decoded))
			assert_true(decoded.bytes >= 1 && decoded.bytes <= room);
	}
}

/* The bytes of a line of `objdump -d`, behind its address; 0: it is no such line. */
static size_t line_bytes(const char *line, uint8_t bytes[16])
{
	const char *at = strchr(line, '\t');
	size_t count = 0;
	unsigned value;

	if (line[0] != ' ' || !at)
		return 0;
	for (at++;
	     count < 15 && isxdigit(at[0]) && at[2] == ' ' && sscanf(at, "%2x", &value) == 1;
	     at += 3)
		bytes[count++] = (uint8_t)value;
	return count;
}

static void librdkafka_is_as_binutils_has_it(void **state)
{
	char command[600], line[512];
	Dl_info info;
	uint8_t bytes[16];
	unsigned long instructions = 0, different = 0;
	struct decoded decoded;

	(void)state;
#if !defined(__x86_64__)
	skip();
#endif
	assert_true(dladdr((const void *)rd_kafka_version, &info));
	snprintf(command, sizeof command, "objdump -d -w %s", info.dli_fname);
	FILE *listing = popen(command, "r");

	assert_non_null(listing);
	while (fgets(line, sizeof line, listing)) {
		size_t count = line_bytes(line, bytes);

		if (!count || strstr(line, "(bad)"))
			continue;
		memset(bytes + count, 0x90, sizeof bytes - count);
		instructions++;
		if (decode(bytes, sizeof bytes, &decoded) && decoded.bytes == count)
			continue;
		different++;
		print_error("%s", line);
	}
	assert_int_equal(pclose(listing), 0);
	assert_true(instructions > 50000);
	assert_int_equal(different, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_known),
		cmocka_unit_test(nothing_behind_the_end_is_read),
		cmocka_unit_test(librdkafka_is_as_binutils_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
