/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire_hostile.c - wrong lengths, threads that interfere, random streams.
 *
 * compiles: shim/wire/[a-z]*.c
 */
#include <pthread.h>
#include <sched.h>

#include "wire/wire_connection.h"

/* --- lengths that lie -------------------------------------------------- */

/* Every byte of a good story replaced by every suspicious value. */
static void a_lying_byte_never_reads_beyond(void **state)
{
	(void)state;
	static const unsigned char lies[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
	for (int version = 2; version <= 13; version += version == 2 ? 6 : 5) {
		fresh(NULL);
		hello(1);
		put_batch(&set, 5, 40);
		put_produce(&sent, &(struct produce){.version = version,
						     .correlation = 2,
						     .client = "c",
						     .acks = 1,
						     .topics = 1,
						     .partitions = 2,
						     .tags = 1,
						     .set = &set});
		put_answer(&received, &(struct answer){.version = version,
						       .correlation = 2,
						       .topics = 1,
						       .partitions = 2,
						       .details = 1});
		for (size_t i = 0; i < (sent.count + received.count) * sizeof(lies); i++) {
			size_t at = i / sizeof(lies);
			unsigned char *byte =
				at < sent.count ? &sent.at[at] : &received.at[at - sent.count];
			unsigned char truth = *byte;
			*byte = lies[i % sizeof(lies)];
			begin(&told);
			send_all(&told, &sent);
			receive_all(&told, &received);
			assert_true(told.row.produce_answered <= told.row.produce_requests);
			assert_true(told.row.produce_requests <= 1);
			*byte = truth;
		}
	}
}

static void assert_length_lie_is_lost(size_t at, int width, int64_t lie)
{
	static struct bytes good, value;
	good = sent;
	value.count = 0;
	put_number(&value, width, lie);
	memcpy(sent.at + at, value.at, value.count);
	begin(&told);
	send_all(&told, &sent);
	assert_true(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 0);
	sent = good;
}

static void inner_lengths_beyond_the_frame_are_lost(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 5, 40);
	size_t frame = sent.count;
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	size_t batch = sent.count - set.count;
	assert_length_lie_is_lost(frame, 4, -1);			 /* the frame's own */
	assert_length_lie_is_lost(frame + 12, 2, 30000);		 /* client id */
	assert_length_lie_is_lost(frame + 15, 2, 30000);		 /* transactional id */
	assert_length_lie_is_lost(frame + 23, 4, 1 << 30);		 /* topics */
	assert_length_lie_is_lost(frame + 27, 2, -2);			 /* topic's name */
	assert_length_lie_is_lost(batch - 4, 4, (int64_t)set.count + 1); /* record set */
	assert_length_lie_is_lost(batch - 4, 4, (int64_t)set.count - 1);
	assert_length_lie_is_lost(batch + 8, 4, (int64_t)set.count - 11); /* batch */
	assert_length_lie_is_lost(batch + 8, 4, 48);
	assert_length_lie_is_lost(batch + 57, 4, -1); /* record count */
}

static void a_lost_connection_stays_lost(void **state)
{
	(void)state;
	hello(1);
	put_number(&sent, 4, -5);
	begin(&told);
	send_all(&told, &sent);
	assert_true(is_lost(&told));
	struct trace_socket before = told.row;
	sent.count = 0;
	hello(2);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_memory_equal(&before, &told.row, sizeof(before));
}

static void an_answer_that_lies_is_lost(void **state)
{
	(void)state;
	put_request(&sent, 18, 0, 1, "c", 0);
	put_number(&received, 4, 3);
	put_filler(&received, 3);
	begin(&told);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_true(is_lost(&told));
	begin(&told);
	send_all(&told, &sent);
	wire_received_unseen(&told.wire, &told.row);
	assert_true(is_lost(&told));
}

/* --- threads ------------------------------------------------------------ */

static void send_again(void *context, const struct wire_fact *fact)
{
	struct connection *connection = context;
	(void)fact;
	wire_sent(&connection->wire, &connection->row, sent.at, sent.count, SENT_AT);
}

static void two_in_one_direction_give_up(void **state)
{
	(void)state;
	hello(1);
	begin(&told);
	told.wire.seen = send_again;
	send_all(&told, &sent);
	assert_true(is_lost(&told));
}

#define THREAD_REQUESTS 20000
static uint32_t turns_sent;

static void *send_many(void *context)
{
	struct connection *connection = context;
	static struct bytes bytes, batch;
	batch.count = 0;
	put_batch(&batch, 3, 20);
	struct produce produce = {.version = 9,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &batch};
	for (uint32_t i = 0; i < THREAD_REQUESTS; i++) {
		bytes.count = 0;
		produce.correlation = (int32_t)i;
		put_produce(&bytes, &produce);
		while (i >= __atomic_load_n(&connection->row.responses, __ATOMIC_RELAXED) + 90)
			sched_yield();
		size_t half = i % bytes.count;
		wire_sent(&connection->wire, &connection->row, bytes.at, half, i);
		wire_sent(&connection->wire, &connection->row, bytes.at + half,
			  bytes.count - half, i);
		__atomic_store_n(&turns_sent, i + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void one_may_send_while_another_receives(void **state)
{
	(void)state;
	pthread_t sender;
	struct answer answer = {.version = 9, .topics = 1, .partitions = 1};
	begin(&told);
	told.wire.seen = NULL;
	assert_int_equal(pthread_create(&sender, NULL, send_many, &told), 0);
	for (uint32_t i = 0; i < THREAD_REQUESTS; i++) {
		received.count = 0;
		answer.correlation = (int32_t)i;
		put_answer(&received, &answer);
		while (__atomic_load_n(&turns_sent, __ATOMIC_ACQUIRE) <= i)
			sched_yield();
		wire_received(&told.wire, &told.row, received.at, received.count, i);
	}
	pthread_join(sender, NULL);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_answered, THREAD_REQUESTS);
	assert_int_equal(told.row.produce_answered_records, 3 * THREAD_REQUESTS);
	assert_int_equal(told.row.uncounted_answers, 0);
}

/* --- anything goes ------------------------------------------------------ */

static unsigned dice(unsigned sides)
{
	static uint64_t seed = 0x9e3779b97f4a7c15;
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static void give_at_random(struct connection *connection, bool is_sent,
			   const struct bytes *bytes)
{
	for (size_t at = 0, count; at < bytes->count; at += count) {
		count = 1 + dice(dice(2) ? 9 : 900);
		if (count > bytes->count - at)
			count = bytes->count - at;
		give(connection, is_sent, bytes->at + at, count);
	}
}

static void random_streams_add_up(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		uint64_t records = 0, produced = 0, answered = 0, unanswerable = 0;
		fresh(NULL);
		hello(0);
		for (int32_t i = 1; i < 30; i++) {
			struct produce produce = {.version = (int)dice(14),
						  .correlation = i,
						  .client = dice(2) ? "random" : NULL,
						  .acks = (int)dice(3) - 1,
						  .topics = (int)dice(4),
						  .partitions = (int)dice(3),
						  .tags = (int)dice(2),
						  .set = &set};
			if (dice(3) == 0) {
				put_request(&sent, 18 + (int)dice(70), (int)dice(4), i, "o",
					    dice(99));
				put_response(&received, i, dice(200));
				continue;
			}
			int32_t in_set = 0;
			set.count = 0;
			for (unsigned batches = dice(3); batches; batches--) {
				int32_t count = (int32_t)dice(1000);
				in_set += count;
				put_batch(&set, count, dice(60));
			}
			put_produce(&sent, &produce);
			produced++;
			records += (uint64_t)(in_set * produce.topics * produce.partitions);
			unanswerable += produce.acks == 0;
			if (produce.acks == 0)
				continue;
			answered++;
			put_answer(&received, &(struct answer){.version = produce.version,
							       .correlation = i,
							       .topics = produce.topics,
							       .partitions = produce.partitions,
							       .details = (int)dice(3)});
		}
		begin(&told);
		give_at_random(&told, true, &sent);
		give_at_random(&told, false, &received);
		assert_false(is_lost(&told));
		assert_int_equal(told.row.produce_requests, produced);
		assert_int_equal(told.row.produce_records, records);
		assert_int_equal(told.row.produce_answered, answered);
		assert_int_equal(told.row.produce_unanswerable, unanswerable);
		assert_between_frames(&told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lying_byte_never_reads_beyond),
		TEST(inner_lengths_beyond_the_frame_are_lost),
		TEST(a_lost_connection_stays_lost),
		TEST(an_answer_that_lies_is_lost),
		TEST(two_in_one_direction_give_up),
		TEST(one_may_send_while_another_receives),
		TEST(random_streams_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
