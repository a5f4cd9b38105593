/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_room.c - how much room for thread-local storage a program is started
 * with.
 *
 * compiles: shim/audit/room.c shim/audit/object.c
 */
#include <stddef.h>
#include <stdint.h>

#include <elf.h>
#include <string.h>

#include "audit/object.h"
#include "audit/room.h"
#include "testing.h"

#define OTHER "glibc.malloc.check=3"
#define LIBC_AND_SHIM 820

static struct room room;

static const char *written(size_t bytes, unsigned starts)
{
	static char text[ROOM_TAIL_BYTES + 1];

	room_write(text, bytes, starts);
	return text;
}

/* As `run` or a parent leaves it. */
static void begun(void)
{
	assert_int_equal(room_read(&room, ROOM_NAME "0x00000600"), 0);
}

static void our_entry_is_the_last_and_in_our_spelling(void **state)
{
	(void)state;
	begun();
	assert_int_equal(room.base, 512);
	assert_int_equal(room.given, 1536);
	assert_int_equal(room_read(&room, OTHER ":" ROOM_NAME "0x00000600"), strlen(OTHER));
	assert_int_equal(room.given, 1536);
	assert_int_equal(room.starts, 0);
	assert_int_equal(room_read(&room, ROOM_NAME "0x000c0643"), 0);
	assert_int_equal(room.given, 0xc0640);
	assert_int_equal(room.starts, 3);
}

static void the_users_own_number_is_what_shall_be_left(void **state)
{
	static const char *const spelled[] = {ROOM_NAME "4096", ROOM_NAME "0x1000",
					      ROOM_NAME "010000", ROOM_NAME "4096:" OTHER};

	(void)state;
	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		assert_int_equal(room_read(&room, spelled[i]), strlen(spelled[i]));
		assert_int_equal(room.base, 4096);
		assert_int_equal(room.given, 4096);
		room.need = 1;
		assert_true(room_lacks(&room));
	}
	assert_int_equal(room_read(&room, ROOM_NAME "4096:" ROOM_NAME "0x00001400"),
			 strlen(ROOM_NAME "4096"));
	assert_int_equal(room.base, 4096);
	assert_int_equal(room.given, 0x1400);
	assert_int_equal(room_at_first(&room), 4096 + 1024);
}

static void what_most_programs_need_fits_at_first(void **state)
{
	(void)state;
	begun();
	assert_int_equal(room_at_first(&room), 1536);
	room.need = LIBC_AND_SHIM + 200;
	assert_false(room_lacks(&room));
	assert_false(room_is_too_large(&room));
	room.need = LIBC_AND_SHIM + 205;
	assert_true(room_lacks(&room));
}

static void without_an_entry_there_is_the_loaders_own(void **state)
{
	(void)state;
	assert_int_equal(room_read(&room, NULL), 0);
	room.need = LIBC_AND_SHIM;
	assert_false(room_lacks(&room));
	assert_int_equal(room_read(&room, OTHER), strlen(OTHER));
	assert_false(room_lacks(&room));
	room.need = 1025;
	assert_true(room_lacks(&room));
}

/* Each start asks for what is known by then; the last leaves no thread to pay for more. */
static void a_start_anew_has_what_it_asked_for(void **state)
{
	(void)state;
	begun();
	room.need = 785760;
	assert_true(room_lacks(&room));
	size_t bytes = room_wanted(&room, false);
	assert_int_equal(room_read(&room, written(bytes, 1)), 0);
	assert_int_equal(room.starts, 1);
	room.need = 785760 + LIBC_AND_SHIM;
	assert_true(room_lacks(&room));
	bytes = room_wanted(&room, true);
	assert_int_equal(room_read(&room, written(bytes, 2)), 0);
	room.need = 785760 + LIBC_AND_SHIM;
	assert_false(room_lacks(&room));
	assert_false(room_is_too_large(&room));
	room.need = 1000;
	assert_true(room_is_too_large(&room));
}

static void an_old_loader_has_what_it_has(void **state)
{
	(void)state;
	begun();
	room.fixed = true;
	room.need = 1500;
	assert_false(room_lacks(&room));
	room.need = 1700;
	assert_true(room_lacks(&room));
	assert_false(room_is_too_large(&room));
}

static void an_objects_share_is_read_from_its_segments(void **state)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
	} file = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3},
			   .e_phoff = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr),
			   .e_phnum = 2},
		.segments = {{.p_type = PT_LOAD, .p_memsz = 1 << 20},
			     {.p_type = PT_TLS, .p_memsz = 16000, .p_align = 64}},
	};

	(void)state;
	assert_int_equal(segments_thread_bytes(&file.header, sizeof(file)), 16064);
	/* Cut off, or damaged: what is there is read. */
	assert_int_equal(segments_thread_bytes(&file.header, sizeof(file) - 1), 0);
	assert_int_equal(segments_thread_bytes(&file.header, 10), 0);
	file.header.e_phoff = 1 << 30;
	assert_int_equal(segments_thread_bytes(&file.header, sizeof(file)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_entry_is_the_last_and_in_our_spelling),
		cmocka_unit_test(the_users_own_number_is_what_shall_be_left),
		cmocka_unit_test(what_most_programs_need_fits_at_first),
		cmocka_unit_test(without_an_entry_there_is_the_loaders_own),
		cmocka_unit_test(a_start_anew_has_what_it_asked_for),
		cmocka_unit_test(an_old_loader_has_what_it_has),
		cmocka_unit_test(an_objects_share_is_read_from_its_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
