/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls.c - the result of a TLS handshake, from the headers of its records,
 * split anywhere.
 *
 * compiles: shim/wire/tls.c
 */
#include "wire/tls.h"

#include <string.h>

#include "testing.h"

struct side {
	unsigned char bytes[8192];
	size_t count;
};

struct talk {
	struct side ours, theirs;
};

enum { CIPHER = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };

static void put(struct side *side, int type, size_t bytes, int last)
{
	unsigned char *at = side->bytes + side->count;

	memset(at, 0x5a, bytes + 5);
	at[0] = (unsigned char)type;
	at[1] = at[2] = 3;
	at[3] = (unsigned char)(bytes >> 8);
	at[4] = (unsigned char)bytes;
	if (last >= 0)
		at[4 + bytes] = (unsigned char)last;
	side->count += bytes + 5;
}

/* The hellos; of TLS 1.3 what follows theirs is encrypted. */
static struct talk hello(bool newest)
{
	struct talk talk = {0};

	put(&talk.ours, HANDSHAKE, 512, -1);
	put(&talk.theirs, HANDSHAKE, 122, -1);
	put(&talk.theirs, newest ? CIPHER : HANDSHAKE, newest ? 1 : 900, -1);
	if (newest)
		put(&talk.theirs, DATA, 900, -1);
	return talk;
}

static void give(struct wire_tls *tls, const struct side *side, size_t piece,
		 void (*to)(struct wire_tls *, const void *, size_t))
{
	for (size_t at = 0; at < side->count; at += piece)
		to(tls, side->bytes + at, side->count - at < piece ? side->count - at : piece);
}

/* What came first is given first: their hello, our end of it, and `more` of theirs. */
static void expect(const struct talk *talk, const struct side *more, enum wire_tls_state state,
		   int alert)
{
	for (size_t piece = 1; piece < 1200; piece = piece < 8 ? piece + 1 : piece * 3) {
		struct wire_tls tls;

		wire_tls_begins(&tls);
		give(&tls, &talk->theirs, piece, wire_tls_received);
		give(&tls, &talk->ours, piece, wire_tls_sent);
		if (more)
			give(&tls, more, piece, wire_tls_received);
		if (wire_tls_state(&tls) != state)
			fail_msg("%d in pieces of %zu", wire_tls_state(&tls), piece);
		assert_int_equal(state == TLS_ENDED_BY_US ? tls.ours.alert : tls.theirs.alert,
				 alert);
	}
}

static void what_comes_back_is_nothing_or_no_tls(void **state)
{
	struct talk talk = {0};

	(void)state;
	put(&talk.ours, HANDSHAKE, 512, -1);
	expect(&talk, NULL, TLS_NOTHING_BACK, 0);
	memcpy(talk.theirs.bytes, "HTTP/1.1 400 Bad Request", 24);
	talk.theirs.count = 24;
	expect(&talk, NULL, TLS_NO_TLS_BACK, 0);
}

static void an_alert_in_plain_text_says_what_was_wrong(void **state)
{
	struct talk refused = {0}, distrusted = hello(false);

	(void)state;
	put(&refused.ours, HANDSHAKE, 512, -1);
	put(&refused.theirs, ALERT, 2, 40);
	expect(&refused, NULL, TLS_ENDED_BY_PEER, 40);
	put(&distrusted.ours, ALERT, 2, 48);
	expect(&distrusted, NULL, TLS_ENDED_BY_US, 48);
}

/* Java's has 16 bytes more. */
static void an_alert_that_is_encrypted_is_told_by_its_length(void **state)
{
	static const size_t lengths[] = {19, 35};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct talk talk = hello(true);
		struct side more = {0};

		put(&talk.ours, CIPHER, 1, -1);
		struct talk distrusted = talk;

		put(&distrusted.ours, DATA, lengths[i], -1);
		expect(&distrusted, NULL, TLS_ENDED_BY_US, 0);
		put(&talk.ours, DATA, 25, -1); /* no certificate, finished, a first request */
		put(&talk.ours, DATA, 69, -1);
		put(&talk.ours, DATA, 60, -1);
		put(&more, DATA, lengths[i], -1);
		expect(&talk, &more, TLS_ENDED_BY_PEER, 0);
	}
}

static void a_handshake_that_goes_through_is_finished(void **state)
{
	struct talk newest = hello(true), older = hello(false);
	struct side tickets = {0}, finished = {0};

	(void)state;
	expect(&newest, NULL, TLS_UNFINISHED, 0);
	put(&newest.ours, DATA, 53, -1);
	put(&newest.ours, DATA, 60, -1);
	put(&tickets, DATA, 234, -1);
	expect(&newest, &tickets, TLS_FINISHED, 0);
	put(&tickets, DATA, 19, -1); /* it says goodbye */
	expect(&newest, &tickets, TLS_FINISHED, 0);

	put(&older.ours, HANDSHAKE, 70, -1);
	put(&older.ours, CIPHER, 1, -1);
	put(&older.ours, HANDSHAKE, 40, -1);
	put(&finished, CIPHER, 1, -1);
	put(&finished, HANDSHAKE, 40, -1);
	expect(&older, &finished, TLS_FINISHED, 0);
}

/* Whether it was read, or still lies there. */
static void a_peer_that_ends_it_says_goodbye(void **state)
{
	struct talk talk = hello(true);
	struct side answer = {0}, goodbye = {0};
	struct wire_tls tls;

	(void)state;
	put(&talk.ours, DATA, 69, -1);
	put(&answer, DATA, 234, -1);
	put(&goodbye, DATA, 35, -1);
	wire_tls_begins(&tls);
	give(&tls, &talk.theirs, 7, wire_tls_received);
	assert_false(wire_tls_goodbye(&tls, 24));
	give(&tls, &talk.ours, 7, wire_tls_sent);
	give(&tls, &answer, 7, wire_tls_received);
	assert_false(wire_tls_goodbye(&tls, 0));
	assert_false(wire_tls_goodbye(&tls, 239));
	assert_true(wire_tls_goodbye(&tls, 24));
	assert_true(wire_tls_goodbye(&tls, 31));
	assert_true(wire_tls_goodbye(&tls, 40));
	give(&tls, &goodbye, 7, wire_tls_received);
	assert_true(wire_tls_goodbye(&tls, 0));
}

static bool is_unanswered(const struct talk *talk)
{
	struct wire_tls tls;

	wire_tls_begins(&tls);
	give(&tls, &talk->theirs, 7, wire_tls_received);
	give(&tls, &talk->ours, 7, wire_tls_sent);
	return wire_tls_unanswered(&tls);
}

static void who_says_nothing_to_their_hello_has_not_answered(void **state)
{
	struct talk talk = {0};

	(void)state;
	put(&talk.ours, HANDSHAKE, 512, -1);
	assert_false(is_unanswered(&talk)); /* nothing came */
	for (int newest = 0; newest < 2; newest++) {
		talk = hello(newest);
		assert_true(is_unanswered(&talk));
		talk.theirs.count--; /* not whole */
		assert_false(is_unanswered(&talk));
		talk.theirs.count++;
		put(&talk.ours, CIPHER, 1, -1);
		assert_false(is_unanswered(&talk));
	}
}

static void who_says_much_was_let_in(void **state)
{
	struct talk talk = hello(true);

	(void)state;
	for (int i = 0; i <= WIRE_TLS_RECORDS; i++)
		put(&talk.ours, DATA, 80, -1);
	expect(&talk, NULL, TLS_LONG_FINISHED, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_back_is_nothing_or_no_tls),
		cmocka_unit_test(an_alert_in_plain_text_says_what_was_wrong),
		cmocka_unit_test(an_alert_that_is_encrypted_is_told_by_its_length),
		cmocka_unit_test(a_handshake_that_goes_through_is_finished),
		cmocka_unit_test(a_peer_that_ends_it_says_goodbye),
		cmocka_unit_test(who_says_nothing_to_their_hello_has_not_answered),
		cmocka_unit_test(who_says_much_was_let_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
