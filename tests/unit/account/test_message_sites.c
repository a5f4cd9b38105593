/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_message_sites.c - each message is counted for the line that produced it:
 * however many there are, wherever they are in memory, and whatever was at
 * their address before.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/message_sites.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/hash.h"
#include "ledger.h"

#define REGION ((uintptr_t)1 << 22)
#define SLOT 128
#define REGION_MARKS 65536 /* bytes */
#define PROBES 32
#define THREADS 4
#define ROUNDS 200000

/* The ledger never looks into a message: any address will do. */
static const void *message_at(uintptr_t address)
{
	return (const void *)address;
}

/* From its second site on. */
static struct account_producer *producer_of_many(void)
{
	struct account_producer *producer = ledger_producer();

	message_site_sent(producer, message_at(0x1000), 7);
	message_site_sent(producer, message_at(0x1080), 8);
	assert_int_equal(message_site_done(producer, message_at(0x1000)), 7);
	assert_int_equal(message_site_done(producer, message_at(0x1080)), 8);
	return producer;
}

static bool is_inexact(const struct account_producer *producer)
{
	return producer_row(producer)->flags & PRODUCER_SITES_INEXACT;
}

static void one_site_needs_no_memory(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t used = 0;

	(void)state;
	for (uintptr_t i = 0; i < 100; i++)
		message_site_sent(producer, message_at(0x5000 + i * REGION), 3);
	for (uintptr_t i = 0; i < 100; i++)
		assert_int_equal(message_site_done(producer, message_at(0x5000 + i * REGION)),
				 3);
	for (uint32_t i = 0; i < ACCOUNT_REGIONS; i++)
		used += account_state->regions[i].key != 0;
	assert_int_equal(used, 0);
	/* Nothing was sent: nothing is known. */
	assert_int_equal(message_site_done(ledger_producer(), message_at(0x5000)), 0);
}

static void each_of_a_million_messages_keeps_its_site(void **state)
{
	struct account_producer *producer = producer_of_many();
	const uintptr_t begin = 0x7f0000000000 - 3 * SLOT; /* across borders of regions */

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++)
		message_site_sent(producer, message_at(begin + i * SLOT), i % 509);
	for (uint32_t i = 0; i < 1000000; i++)
		assert_int_equal(message_site_done(producer, message_at(begin + i * SLOT)),
				 i % 509);
	assert_false(is_inexact(producer));
}

static void the_last_site_and_an_unknown_one_are_told_apart(void **state)
{
	struct account_producer *producer = producer_of_many();

	(void)state;
	message_site_sent(producer, message_at(0x20000), GUEST_SITES);
	message_site_sent(producer, message_at(0x20080), 0);
	assert_int_equal(message_site_done(producer, message_at(0x20000)), GUEST_SITES);
	assert_int_equal(message_site_done(producer, message_at(0x20080)), 0);
}

static void a_message_of_before_the_second_site_is_of_the_first(void **state)
{
	struct account_producer *before = producer_of_many(), *producer = ledger_producer();

	(void)state;
	/* Where another producer's lay, too. */
	message_site_sent(before, message_at(0x30000), 9);
	message_site_sent(producer, message_at(0x30000), 4);
	message_site_sent(producer, message_at(0x30080), 5);
	assert_int_equal(message_site_done(producer, message_at(0x30000)), 4);
	assert_int_equal(message_site_done(producer, message_at(0x30080)), 5);
}

static void an_address_is_used_again_by_other_sites_and_producers(void **state)
{
	struct account_producer *one = producer_of_many(), *other = producer_of_many();
	const void *message = message_at(0x40000);

	(void)state;
	message_site_sent(one, message, 20); /* and dropped, without a word */
	message_site_sent(one, message, 21);
	assert_int_equal(message_site_done(one, message), 21);
	message_site_sent(other, message, 22);
	assert_int_equal(message_site_done(other, message), 22);
	message_site_sent(one, message, 7);
	assert_int_equal(message_site_done(one, message), 7);
}

/* Addresses in regions that all begin to look for a row at the same one. */
static uintptr_t rival(uint32_t row)
{
	static uintptr_t region = 0x100000;

	while (hash_address((const void *)++region) % ACCOUNT_REGIONS != row)
		;
	return (region - 1) * REGION;
}

static void regions_that_want_the_same_row_go_on_to_the_next(void **state)
{
	struct account_producer *producer = producer_of_many();
	uintptr_t at[PROBES];

	(void)state;
	/* The last row of the table: the search continues at its begin. */
	for (uint32_t i = 0; i < PROBES - 2; i++) {
		at[i] = rival(ACCOUNT_REGIONS - 2);
		message_site_sent(producer, message_at(at[i]), 100 + i);
	}
	for (uint32_t i = 0; i < PROBES - 2; i++)
		assert_int_equal(message_site_done(producer, message_at(at[i])), 100 + i);
	assert_false(is_inexact(producer));
}

static void a_region_without_a_row_makes_the_sites_inexact(void **state)
{
	struct account_producer *producer = producer_of_many();
	uintptr_t at = 0;

	(void)state;
	for (uint32_t i = 0; i < 2 * PROBES && !is_inexact(producer); i++) {
		at = rival(ACCOUNT_REGIONS / 2);
		message_site_sent(producer, message_at(at), 200);
	}
	assert_true(is_inexact(producer));
	assert_int_equal(message_site_done(producer, message_at(at)), 7); /* the first */
}

static uint64_t address_space_bytes(void)
{
	unsigned long pages = 0;
	FILE *sizes = fopen("/proc/self/statm", "re");

	assert_non_null(sizes);
	assert_int_equal(fscanf(sizes, "%lu", &pages), 1);
	fclose(sizes);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void without_memory_the_sites_are_inexact_and_later_ones_known(void **state)
{
	struct account_producer *producer = producer_of_many();
	struct rlimit before, none;
	const void *message = message_at(0x600000000000), *later = message_at(0x610000000000);

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = before;
	none.rlim_cur = address_space_bytes();
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	message_site_sent(producer, message, 30);
	bool inexact = is_inexact(producer);
	uint32_t site = message_site_done(producer, message);

	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_true(inexact);
	assert_int_equal(site, 7);
	message_site_sent(producer, later, 31);
	assert_int_equal(message_site_done(producer, later), 31);
	message_site_sent(producer, message, 32);
	assert_int_equal(message_site_done(producer, message), 32);
}

static void a_forked_child_finds_no_marks(void **state)
{
	struct account_producer *producer = producer_of_many();
	const void *message = message_at(0x50000);
	int status;

	(void)state;
	message_site_sent(producer, message, 40);
	uint16_t *marks = NULL;

	for (uint32_t i = 0; i < ACCOUNT_REGIONS; i++)
		if (account_state->regions[i].key == (uintptr_t)message / REGION + 1)
			marks = account_state->regions[i].marks;
	assert_non_null(marks);
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		/* A thread that was interrupted while it looked up a mark may continue in
		 * it. */
		for (uint32_t i = 0; i < REGION_MARKS / sizeof *marks; i++)
			if (marks[i])
				_exit(1);
		marks[0] = 1;
		_exit(guest_wake() == GUEST_AWAKE && record_ready() &&
				      message_site_done(producer_of_many(), message) == 7
			      ? 0
			      : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(message_site_done(producer, message), 40);
}

/* ---- threads ---- */

static struct account_producer *shared;
static pthread_barrier_t meets;
static uint32_t wrong;

/* Threads have slots of the same regions, side by side, and come to each region at once. */
static void *sends_and_ends(void *of)
{
	uintptr_t thread = (uintptr_t)of;

	for (uintptr_t i = 0; i < ROUNDS; i++) {
		uintptr_t slot = (i % 64) * THREADS + thread, region = 0x300000 + i / 1000;
		const void *message = message_at(region * REGION + slot * SLOT);
		uint32_t site = (uint32_t)(i * THREADS + thread) % GUEST_SITES;

		if (i % 1000 == 0)
			pthread_barrier_wait(&meets);
		message_site_sent(shared, message, site);
		if (message_site_done(shared, message) != site)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void threads_that_meet_in_a_region_keep_their_sites(void **state)
{
	pthread_t threads[THREADS];
	uint32_t keys = 0;

	(void)state;
	shared = ledger_producer();
	assert_int_equal(pthread_barrier_init(&meets, NULL, THREADS), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sends_and_ends, (void *)i),
				 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(wrong, 0);
	assert_false(is_inexact(shared));
	for (uint32_t i = 0; i < ACCOUNT_REGIONS; i++)
		keys += account_state->regions[i].key > 0x300000 &&
			account_state->regions[i].key <= 0x300000 + ROUNDS / 1000;
	assert_int_equal(keys, ROUNDS / 1000); /* each region has one row */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_site_needs_no_memory), /* first: none was needed yet */
		cmocka_unit_test(each_of_a_million_messages_keeps_its_site),
		cmocka_unit_test(the_last_site_and_an_unknown_one_are_told_apart),
		cmocka_unit_test(a_message_of_before_the_second_site_is_of_the_first),
		cmocka_unit_test(an_address_is_used_again_by_other_sites_and_producers),
		cmocka_unit_test(regions_that_want_the_same_row_go_on_to_the_next),
		cmocka_unit_test(a_region_without_a_row_makes_the_sites_inexact),
		cmocka_unit_test(without_memory_the_sites_are_inexact_and_later_ones_known),
		cmocka_unit_test(a_forked_child_finds_no_marks),
		cmocka_unit_test(threads_that_meet_in_a_region_keep_their_sites),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
