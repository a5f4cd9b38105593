/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_producers.c - rows of producers: where the producers that share one were
 * made.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "ledger.h"

#define HERE 3
#define THERE 4

static char owners[2 * GUEST_PRODUCERS];

static struct account_producer *opened(size_t owner, uint32_t site)
{
	struct account_producer *producer = producer_open(&(struct producer_facts){
		.owner = &owners[owner], .client = CLIENT_KAFKA_PYTHON, .acks = 1});

	producer_made_at(producer, site);
	return producer;
}

static void ended(struct account_producer *producer)
{
	producer_row(producer)->state = PRODUCER_DESTROYED;
	producer_settle(producer);
}

/* One after the other, until their rows are used up and two continue others'. */
static void test_of_one_place_it_is_known_of_all(void **state)
{
	size_t owner = 0;

	(void)state;
	for (; owner < GUEST_PRODUCERS - 1; owner++)
		ended(opened(owner, HERE));
	struct account_producer *same = opened(owner++, HERE);

	assert_true(producer_row(same)->predecessors > 0);
	assert_int_equal(producer_row(same)->made, HERE);
	struct account_producer *other = opened(owner++, THERE);

	assert_true(producer_row(other)->predecessors > 0);
	assert_int_equal(producer_row(other)->made, 0);
	ended(other);
}

/* They are all open: the last row stands for what comes. */
static void test_of_the_row_for_the_rest_it_is_not_known(void **state)
{
	size_t owner = GUEST_PRODUCERS + 1;
	struct account_producer *producer;

	(void)state;
	do
		producer = opened(owner++, HERE);
	while (!producer_is_shared(producer));
	assert_int_equal(producer_row(producer)->made, 0);
	opened(owner, THERE);
	assert_int_equal(producer_row(producer)->made, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_one_place_it_is_known_of_all),
		cmocka_unit_test(test_of_the_row_for_the_rest_it_is_not_known),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
