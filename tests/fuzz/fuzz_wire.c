/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_wire.c - the Kafka decoder against anything at all.
 *
 * An input is a list of turns: a byte that says who speaks and where the
 * turn is cut, two bytes of length, the bytes. Each input is told twice, in
 * whole turns and in cut ones: both must leave the same row, no counter may
 * contradict another, and no byte beyond a turn may be read (every turn has
 * memory of its own, which ASan fences).
 *
 * With libFuzzer: clang -fsanitize=fuzzer,address. With -DSTANDALONE it has
 * a main of its own that mutates well-formed conversations, any compiler;
 * the inputs it leaves in CORPUS are good ones for libFuzzer to begin with:
 *     fuzz_wire [INPUTS [SEED [CORPUS]]]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/wire.h"
#include "../unit/wire/wire_frames.h"

enum speaker {
	SPEAKS_HOST = 0,
	SPEAKS_PEER = 1,
	SPEAKS_UNSEEN = 2, /* sendfile */
};

#define TURN_HEADER 3

static void give(struct wire *wire, struct trace_socket *row, enum speaker speaker,
		 const uint8_t *at, size_t count)
{
	uint8_t *copy = malloc(count ? count : 1);
	memcpy(copy, at, count);
	if (speaker == SPEAKS_HOST)
		wire_sent(wire, row, copy, count, 1000);
	else if (speaker == SPEAKS_PEER)
		wire_received(wire, row, copy, count, 3000);
	else
		wire_sent_unseen(wire, row, count, 1000);
	free(copy);
}

/* In pieces of `piece` bytes; 0 = whole. */
static void give_turn(struct wire *wire, struct trace_socket *row, enum speaker speaker,
		      const uint8_t *at, size_t count, size_t piece)
{
	if (piece == 0 || speaker == SPEAKS_UNSEEN)
		piece = count ? count : 1;
	for (size_t done = 0; done < count; done += piece)
		give(wire, row, speaker, at + done,
		     count - done < piece ? count - done : piece);
}

static void tell(struct wire *wire, struct trace_socket *row, const uint8_t *data, size_t size,
		 int cut)
{
	wire_start(wire);
	memset(row, 0, sizeof(*row));
	while (size >= TURN_HEADER) {
		enum speaker speaker = (enum speaker)(data[0] & 3) % 3;
		size_t piece = cut ? 1u + (data[0] >> 2) : 0;
		size_t count = (size_t)data[1] << 8 | data[2];
		data += TURN_HEADER;
		size -= TURN_HEADER;
		if (count > size)
			count = size;
		give_turn(wire, row, speaker, data, count, piece);
		data += count;
		size -= count;
	}
}

static void claim_consistent(const struct wire *wire, const struct trace_socket *row)
{
	claim(!wire->sending && !wire->receiving, "a direction was never left");
	claim(row->requests == 0 || row->flags & SOCKET_KAFKA, "requests without Kafka");
	claim(row->produce_requests <= row->requests, "more Produce than requests");
	claim(row->produce_answered <= row->produce_requests, "more answers than requests");
	claim(row->produce_answered_records <= row->produce_records, "more records answered");
	claim(row->produce_refused <= row->produce_answered, "more refused than answered");
	claim(row->responses >= row->produce_answered, "answers without responses");
	claim(row->frame_at < 4 || row->frame_at <= row->frame_bytes, "beyond the frame");
	claim(!(row->flags & SOCKET_TLS) || row->flags == SOCKET_TLS, "TLS and something else");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire wire;
	static struct trace_socket whole, cut;
	tell(&wire, &whole, data, size, 0);
	claim_consistent(&wire, &whole);
	tell(&wire, &cut, data, size, 1);
	claim_consistent(&wire, &cut);
	/* Where the frames are lost, what the row says of the last is void. */
	if (!(whole.flags & SOCKET_WIRE_LOST))
		claim(memcmp(&whole, &cut, sizeof(whole)) == 0, "told in pieces it differs");
	else
		claim(cut.flags == whole.flags, "lost whole, but not in pieces");
	return 0;
}

#ifdef STANDALONE

static void put_turn(struct bytes *input, enum speaker speaker, const struct bytes *turn)
{
	put_number(input, 1, (int64_t)(dice(64) << 2 | speaker));
	put_number(input, 2, (int64_t)turn->count);
	put(input, turn->at, turn->count);
}

static void put_random_set(struct bytes *set)
{
	set->count = 0;
	for (unsigned batches = dice(4); batches; batches--) {
		if (dice(3))
			put_batch(set, (int32_t)dice(100), dice(40));
		else
			put_message(set, (int)dice(2), (int)dice(4) * (int)dice(2), dice(30));
	}
}

/* A request and its answer, of any version. */
static void put_exchange(struct bytes *input, int32_t correlation)
{
	static struct bytes turn, set;
	put_random_set(&set);
	struct produce produce = {.version = (int)dice(15),
				  .correlation = correlation,
				  .client = "fuzz",
				  .acks = (int)dice(3) - 1,
				  .topics = (int)dice(3),
				  .partitions = (int)dice(3),
				  .tags = (int)dice(2),
				  .set = &set};
	struct answer answer = {.version = produce.version,
				.correlation = correlation,
				.topics = (int)dice(3),
				.partitions = (int)dice(3),
				.error = (int)dice(2),
				.tags = (int)dice(2),
				.details = (int)dice(3)};
	turn.count = 0;
	if (dice(4))
		put_produce(&turn, &produce);
	else
		put_request(&turn, (int)dice(40), (int)dice(3), correlation, "fuzz", dice(50));
	put_turn(input, SPEAKS_HOST, &turn);
	if (dice(8) == 0)
		return;
	turn.count = 0;
	put_answer(&turn, &answer);
	put_turn(input, SPEAKS_PEER, &turn);
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

static void keep(const char *folder, unsigned long number, const struct bytes *input)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%lu", folder, number);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(input->at, 1, input->count, file) != input->count || fclose(file)) {
		perror(path);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct bytes input, turn;
	unsigned long inputs = argc > 1 ? strtoul(argv[1], NULL, 10) : 200000;

	fuzz_seed_by(argc, argv, 2);
	for (unsigned long i = 0; i < inputs; i++) {
		input.count = turn.count = 0;
		put_request(&turn, 18, 3, 0, "fuzz", dice(20));
		put_turn(&input, SPEAKS_HOST, &turn);
		for (int32_t j = 1; j <= (int32_t)dice(6); j++)
			put_exchange(&input, j);
		mutate(&input);
		if (argc > 3)
			keep(argv[3], i, &input);
		LLVMFuzzerTestOneInput(input.at, input.count);
	}
	printf("fuzz_wire: %lu inputs\n", inputs);
	return 0;
}

#endif
