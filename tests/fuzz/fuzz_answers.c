/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_answers.c - the relay's view of a connection against anything at all.
 *
 * An input is a list of turns: a byte that says who speaks and where the turn is cut, two bytes
 * of length, the bytes. Told whole and in pieces the same answers must be found, and whatever
 * comes, what is passed on are the broker's own bytes, each once and in order.
 *
 * With libFuzzer: clang -fsanitize=fuzzer,address. With -DSTANDALONE:
 *     fuzz_answers [INPUTS [SEED]]
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "prove/answers.h"
#include "../unit/wire/wire_frames.h"

#define TURN_HEADER 3
#define BEGINS 64

struct told {
	struct bytes came, passed;
	size_t begins[BEGINS], begin_count;
	bool lost;
};

static void pass(struct told *told, struct answers *answers, const uint8_t *at, size_t count)
{
	struct answers_piece piece;

	put(&told->came, at, count);
	while (answers_received(answers, &at, &count, &piece)) {
		if (piece.begins_produce && told->begin_count < BEGINS)
			told->begins[told->begin_count++] = told->passed.count;
		put(&told->passed, piece.bytes, piece.count);
	}
	claim(count == 0, "bytes were left");
}

static void give(struct told *told, struct answers *answers, bool host, const uint8_t *at,
		 size_t count)
{
	uint8_t *copy = malloc(count ? count : 1);

	memcpy(copy, at, count);
	if (host)
		answers_sent(answers, copy, count);
	else
		pass(told, answers, copy, count);
	free(copy);
}

static void tell(struct told *told, const uint8_t *data, size_t size, bool cut)
{
	struct answers answers = {0};

	told->came.count = told->passed.count = told->begin_count = 0;
	while (size >= TURN_HEADER && told->came.count < sizeof(told->came.at) / 2) {
		size_t piece = cut ? 1u + (data[0] >> 2) : SIZE_MAX;
		size_t count = (size_t)data[1] << 8 | data[2];
		bool host = !(data[0] & 1);

		data += TURN_HEADER;
		size -= TURN_HEADER;
		count = count < size ? count : size;
		count = count < 16384 ? count : 16384;
		for (size_t done = 0; done < count;) {
			size_t now = count - done < piece ? count - done : piece;

			give(told, &answers, host, data + done, now);
			done += now;
		}
		data += count;
		size -= count;
	}
	/* A few bytes of an answer that has not come to its number may be kept. */
	claim(told->came.count - told->passed.count < ANSWERS_ANSWER_BYTES ||
		      (answers.lost && told->came.count == told->passed.count),
	      "bytes were kept");
	claim(memcmp(told->came.at, told->passed.at, told->passed.count) == 0,
	      "other bytes were passed on");
	told->lost = answers.lost;
	answers_free(&answers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct told whole, cut;

	tell(&whole, data, size, false);
	tell(&cut, data, size, true);
	claim(whole.lost == cut.lost, "lost only in one way of cutting");
	claim(whole.begin_count == cut.begin_count &&
		      memcmp(whole.begins, cut.begins,
			     whole.begin_count * sizeof(whole.begins[0])) == 0,
	      "told in pieces other answers are found");
	return 0;
}

#ifdef STANDALONE

static void put_turn(struct bytes *input, bool host, const struct bytes *turn)
{
	put_number(input, 1, (int64_t)(dice(64) << 2 | !host));
	put_number(input, 2, (int64_t)turn->count);
	put(input, turn->at, turn->count);
}

static void put_exchange(struct bytes *input, int32_t correlation)
{
	static struct bytes turn, set;

	set.count = turn.count = 0;
	put_batch(&set, (int32_t)dice(100), dice(40));
	const struct produce produce = {.version = (int)dice(15),
					.correlation = correlation,
					.client = "fuzz",
					.acks = (int)dice(3) - 1,
					.topics = 1,
					.partitions = 1,
					.tags = (int)dice(2),
					.set = &set};

	if (dice(4))
		put_produce(&turn, &produce);
	else
		put_request(&turn, (int)dice(40), (int)dice(3), correlation, "fuzz", dice(50));
	put_turn(input, true, &turn);
	if (dice(8) == 0)
		return;
	turn.count = 0;
	put_response(&turn, correlation, dice(60));
	put_turn(input, false, &turn);
}

static void mutate(struct bytes *input)
{
	static const unsigned char favourites[] = {0, 1, 2, 0x7f, 0x80, 0xff};

	for (unsigned changes = dice(4); changes; changes--) {
		unsigned char *byte = &input->at[dice((unsigned)input->count)];

		*byte = dice(2) ? favourites[dice(6)] : (unsigned char)dice(256);
	}
	if (dice(4) == 0)
		input->count = dice((unsigned)input->count);
}

int main(int argc, char **argv)
{
	static struct bytes input, turn;
	unsigned long inputs = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;

	fuzz_seed_by(argc, argv, 2);
	for (unsigned long i = 0; i < inputs; i++) {
		input.count = turn.count = 0;
		put_request(&turn, dice(2) ? 18 : 17, (int)dice(2), 0, "fuzz", dice(20));
		put_turn(&input, true, &turn);
		for (int32_t j = 1; j <= (int32_t)dice(6); j++)
			put_exchange(&input, j);
		mutate(&input);
		LLVMFuzzerTestOneInput(input.at, input.count);
	}
	printf("fuzz_answers: %lu inputs\n", inputs);
	return 0;
}

#endif
