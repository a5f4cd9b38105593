/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_producev.c - rd_kafka_producev, which has a variable argument list.
 *
 * Its arguments are read here and passed on as machine words: on x86-64 and
 * aarch64 every variadic integer or pointer takes one word in the same place, so
 * the real function reads what the host wrote. An unknown tag ends the reading;
 * the real function will refuse it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "calls/resolve.h"
#include "guest/guest.h"
#include "librdkafka/handles.h"
#include "librdkafka/on_produce.h"

#define WORDS_FEW 24
#define WORDS_MANY 480

struct words {
	size_t count;
	bool whole; /* the closing tag was read, or an unknown one */
	int flags;  /* of the message */
	uintptr_t word[WORDS_MANY];
};

/* Values behind each tag; 0: the closing tag, or one that is not known. */
static inline size_t tag_words(uintptr_t tag)
{
	static const uint8_t words[] = {
		[RD_KAFKA_VTYPE_TOPIC] = 1,	[RD_KAFKA_VTYPE_RKT] = 1,
		[RD_KAFKA_VTYPE_PARTITION] = 1, [RD_KAFKA_VTYPE_VALUE] = 2,
		[RD_KAFKA_VTYPE_KEY] = 2,	[RD_KAFKA_VTYPE_OPAQUE] = 1,
		[RD_KAFKA_VTYPE_MSGFLAGS] = 1,	[RD_KAFKA_VTYPE_TIMESTAMP] = 1,
		[RD_KAFKA_VTYPE_HEADER] = 3,	[RD_KAFKA_VTYPE_HEADERS] = 1,
	};

	return (unsigned)tag < sizeof words ? words[(unsigned)tag] : 0;
}

/*
 * The words of a list: first those passed in registers, then those on the stack. va_arg() would
 * compute the place of each word again, and store that in memory. (System V ABI for
 * AMD64, 3.5.7; AAPCS64, appendix B: the layout of va_list, in which the registers are saved
 * contiguously.)
 */
struct list {
	const uintptr_t *at, *registers_end, *stack;
};

static inline struct list list_of(va_list more)
{
#if defined(__x86_64__)
	const struct {
		unsigned gp_offset, fp_offset;
		const uintptr_t *stack;
		const char *registers;
	} *given = (const void *)more;

	return (struct list){(const void *)(given->registers + given->gp_offset),
			     (const void *)(given->registers + 6 * sizeof(uintptr_t)),
			     given->stack};
#elif defined(__aarch64__)
	const struct {
		const uintptr_t *stack;
		const char *registers_end, *vectors_end;
		int registers_offset, vectors_offset;
	} *given = (const void *)&more;

	return (struct list){(const void *)(given->registers_end + given->registers_offset),
			     (const void *)given->registers_end, given->stack};
#endif
}

static inline uintptr_t list_next(struct list *list)
{
	if (UNLIKELY(list->at == list->registers_end))
		list->at = list->stack;
	return *list->at++;
}

/*
 * The unused bits of integers that are narrower than a word are undefined: they
 * are passed on unchanged. Of the message only the flag is read that says whether
 * the call may wait: the rest is read only if the message is refused.
 */
static void words_read(struct words *words, va_list more)
{
	struct list list = list_of(more);
	uintptr_t *to = words->word, *const most = to + WORDS_MANY - 4;

	while (to <= most) {
		uintptr_t tag = list_next(&list);
		size_t values = tag_words(tag);

		*to++ = tag;
		if (UNLIKELY(!values)) {
			words->whole = true;
			break;
		}
		*to++ = list_next(&list);
		if ((int)tag == RD_KAFKA_VTYPE_MSGFLAGS)
			words->flags = (int)to[-1];
		while (--values)
			*to++ = list_next(&list);
	}
	words->count = (size_t)(to - words->word);
}

#define W1(i) words->word[i]
#define W4(i) W1(i), W1(i + 1), W1(i + 2), W1(i + 3)
#define W24(i) W4(i), W4(i + 4), W4(i + 8), W4(i + 12), W4(i + 16), W4(i + 20)
#define W120(i) W24(i), W24(i + 24), W24(i + 48), W24(i + 72), W24(i + 96)
#define W480(i) W120(i), W120(i + 120), W120(i + 240), W120(i + 360)

static rd_kafka_resp_err_t words_call(const struct call *call, rd_kafka_t *rk,
				      const struct words *words)
{
	if (words->count <= WORDS_FEW)
		return REAL(rd_kafka_producev, call)(rk, W24(0));
	return REAL(rd_kafka_producev, call)(rk, W480(0));
}

/* ---- longer lists: passed as the array that rd_kafka_produceva takes ---- */

static rd_kafka_vu_t part_of(uintptr_t tag, const uintptr_t value[3])
{
	rd_kafka_vu_t part = {.vtype = (rd_kafka_vtype_t)(int)tag};

	switch (part.vtype) {
	case RD_KAFKA_VTYPE_VALUE:
	case RD_KAFKA_VTYPE_KEY:
		part.u.mem.ptr = (void *)value[0];
		part.u.mem.size = (size_t)value[1];
		break;
	case RD_KAFKA_VTYPE_HEADER:
		part.u.header.name = (const char *)value[0];
		part.u.header.val = (const void *)value[1];
		part.u.header.size = (ssize_t)value[2];
		break;
	case RD_KAFKA_VTYPE_PARTITION:
	case RD_KAFKA_VTYPE_MSGFLAGS:
		part.u.i = (int)value[0];
		break;
	default: /* a pointer or 64 bits: the same word of the union */
		part.u.ptr = (void *)value[0];
		break;
	}
	return part;
}

static rd_kafka_vu_t part_next(va_list *more)
{
	uintptr_t tag = va_arg(*more, uintptr_t);
	uintptr_t value[3] = {0};

	for (size_t i = 0; i < tag_words(tag); i++)
		value[i] = va_arg(*more, uintptr_t);
	return part_of(tag, value);
}

/* The message, from the words that were passed on. */
static void words_offer(const struct words *words, struct offer *offer, const struct copy *copy)
{
	size_t at = 0;

	while (at < words->count) {
		size_t values = tag_words(words->word[at]);
		uintptr_t value[3] = {0};

		for (size_t i = 0; i < values; i++)
			value[i] = words->word[at + 1 + i];
		rd_kafka_vu_t part = part_of(words->word[at], value);

		produce_offer_part(offer, copy, &part);
		at += 1 + values;
	}
}

static size_t parts_count(va_list more)
{
	va_list at;
	size_t count = 0;
	rd_kafka_vtype_t type;

	va_copy(at, more);
	do {
		type = part_next(&at).vtype;
		count += type != RD_KAFKA_VTYPE_END; /* librdkafka refuses an unknown one */
	} while (tag_words((uintptr_t)type));
	va_end(at);
	return count;
}

/* Memory from mmap: the host's malloc may be what calls produce. */
static rd_kafka_resp_err_t parts_call(const struct call *call, rd_kafka_t *rk,
				      struct offer *offer, va_list more)
{
	rd_kafka_produceva_fn *produceva =
		(rd_kafka_produceva_fn *)call->copy->real[CALL_rd_kafka_produceva];
	size_t count = parts_count(more);
	size_t bytes = count * sizeof(rd_kafka_vu_t);
	long place = RAW_5(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	rd_kafka_vu_t *parts = (rd_kafka_vu_t *)place;
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
	va_list at;

	if (place < 0 && place > -4096)
		return RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
	va_copy(at, more);
	for (size_t i = 0; i < count; i++) {
		parts[i] = part_next(&at);
		produce_offer_part(offer, call->copy, &parts[i]);
	}
	va_end(at);
	rd_kafka_error_t *error = produceva(rk, parts, count);

	if (error) {
		code = USE(call->copy, rd_kafka_error_code)(error);
		USE(call->copy, rd_kafka_error_destroy)(error);
	}
	RAW_2(SYS_munmap, place, bytes);
	return code;
}

static rd_kafka_resp_err_t long_call(const struct call *call, rd_kafka_t *rk,
				     struct offer *offer, va_list more)
{
	/* Older than 1.4, without produceva: the only case in which the call is not passed on.
	 */
	if (!call->copy->real[CALL_rd_kafka_produceva] ||
	    !call->copy->use[USE_rd_kafka_error_destroy])
		return RD_KAFKA_RESP_ERR__INVALID_ARG;
	return parts_call(call, rk, offer, more);
}

rd_kafka_resp_err_t on_rd_kafka_producev(struct call *call, rd_kafka_t *rk, va_list more)
{
	struct offer offer = {0};
	struct words words;
	va_list again;

	produce_prepare(call);
	words.whole = false;
	words.flags = 0;
	va_copy(again, more);
	words_read(&words, more);
	if (UNLIKELY(words.flags & RD_KAFKA_MSG_F_BLOCK) && guest_phase() == GUEST_RECORDING)
		call->began_ns = produce_block();
	errno = call->error;
	rd_kafka_resp_err_t error = LIKELY(words.whole) ? words_call(call, rk, &words)
							: long_call(call, rk, &offer, again);

	call->error = errno;
	va_end(again);
	if (LIKELY(!error) && produce_settle(call))
		return error;
	struct account_producer *producer =
		guest_phase() == GUEST_RECORDING ? handle_known(rk) : NULL;

	if (words.whole)
		words_offer(&words, &offer, call->copy);
	if (call->began_ns)
		produce_blocked(producer, call->began_ns);
	produce_account(producer, &offer, error);
	return error;
}
