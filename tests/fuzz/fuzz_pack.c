/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_pack.c - packed files against anything at all.
 *
 * The first byte says what an input is: the file itself, or a tar of which one frame of zstd is
 * made here, for chance makes no checksum that is right. Whatever comes: it ends, every member
 * that is handed out is as large as it says and can be looked at by the reader of traces, and
 * what is refused has a reason.
 *
 * With libFuzzer: clang -fsanitize=fuzzer,address. With -DSTANDALONE:
 *     fuzz_pack [INPUTS [SEED]]
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "fuzz.h"
#include "pack/pack.h"
#include "pack/unpack.h"
#include "trace_maker.h"

#define REFUSALS_MOST 100000 /* no more than there are places to refuse in such an input */

static void look_at(struct unpack_member *member)
{
	struct reader reader;
	static volatile uint8_t seen; /* so that a sanitizer sees each byte being read */

	claim(member->size <= READER_BYTES_MAX, "a member is too large");
	for (size_t i = 0; i < member->size; i++)
		seen = (uint8_t)(seen + member->bytes[i]);
	claim(member->name != NULL, "a member has no name");
	if (!unpack_take(&reader, member))
		claim(reader.fault_count > 0 && reader.faults[0].what[0], "no reason");
	reader_close(&reader);
}

static void walk(const char *path)
{
	const char *why;
	struct unpack *unpack = unpack_begin(path, &why);
	struct unpack_member member;
	enum unpack_answer answer;
	unsigned refusals = 0;

	claim(unpack != NULL, "it does not begin");
	while ((answer = unpack_next(unpack, &member)) != UNPACK_END) {
		if (answer == UNPACK_TRACE)
			look_at(&member);
		else
			claim(member.why && *member.why && ++refusals < REFUSALS_MOST,
			      "a refusal has no reason, or they have no end");
	}
	unpack_end(unpack);
}

static void try(const void *bytes, size_t size)
{
	char path[40];
	int fd = memfd_create("fuzz_pack", MFD_CLOEXEC);

	claim(fd >= 0 && write(fd, bytes, size) == (ssize_t)size, "no memory for a file");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	walk(path);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t packed[2 << 20];

	if (size == 0)
		return 0;
	if (data[0] & 1) {
		try(data + 1, size - 1);
		return 0;
	}
	size_t length = ZSTD_compress(packed, sizeof packed, data + 1, size - 1, 1);

	if (!ZSTD_isError(length))
		try(packed, length);
	return 0;
}

#ifdef STANDALONE
#define TRACES 12

/* Packed files of a few traces, and the tar in one. */
struct original {
	uint8_t *bytes;
	size_t size;
};

static struct original make_packed(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct pack *pack = pack_begin(out, false);

	for (int i = 0; i < TRACES; i++) {
		struct maker maker;
		char name[40];

		maker_make(&maker);
		maker_story(&maker, 100, (uint64_t)i);
		snprintf(name, sizeof name, "%d-%x.trace", i + 10, i);
		claim(pack_add(pack, name, i % 3 == 0, i, maker.bytes, maker.size),
		      "cannot add");
		maker_free(&maker);
	}
	claim(pack_end(pack), "cannot end");
	pack_free(pack);
	fclose(out);
	return (struct original){(uint8_t *)text, size};
}

static struct original make_tar(const struct original *packed)
{
	static uint8_t tar[2 << 20];
	size_t size = ZSTD_decompress(tar, sizeof tar, packed->bytes, packed->size);

	claim(!ZSTD_isError(size), "cannot decompress");
	return (struct original){tar, size};
}

/* Bytes of a header count for most; 512 apart, for there the records begin. */
static size_t somewhere(size_t size)
{
	size_t at = dice((unsigned)size);

	return dice(2) ? at : at / 512 * 512 + dice(512) % (size - at / 512 * 512);
}

/* The sum of a header made right again, so that what is in it is believed. */
static void sum_mend(uint8_t *tar, size_t size, size_t at)
{
	uint8_t *header = tar + at / 512 * 512;
	unsigned sum = 8 * ' ';

	if (at / 512 * 512 + 512 > size || memcmp(header + 257, "ustar", 5) != 0)
		return;
	for (int i = 0; i < 512; i++)
		if (i < 148 || i >= 156)
			sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum & 0777777);
}

int main(int argc, char **argv)
{
	static const char likely[] = "0123456789Lgx5KS=";
	static uint8_t changed[1 + (2 << 20)];
	unsigned long inputs = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
	struct original packed = make_packed(), tar = make_tar(&packed);

	fuzz_seed_by(argc, argv, 2);
	for (unsigned long i = 0; i < inputs; i++) {
		const struct original *from = i % 4 ? &tar : &packed;

		changed[0] = from == &packed;
		memcpy(changed + 1, from->bytes, from->size);
		for (unsigned changes = 1 + dice(4); changes; changes--) {
			size_t at = somewhere(from->size);

			changed[1 + at] = dice(3) ? (uint8_t)likely[dice(sizeof likely - 1)]
						  : (uint8_t)dice(256);
			if (from == &tar)
				sum_mend(changed + 1, from->size, at);
		}
		LLVMFuzzerTestOneInput(changed,
				       1 + (dice(8) ? from->size : dice((unsigned)from->size)));
	}
	free(packed.bytes);
	printf("fuzz_pack: %lu inputs\n", inputs);
	return 0;
}
#endif
