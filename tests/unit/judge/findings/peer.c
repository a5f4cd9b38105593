/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer.c - stories of tools/judge/findings_peer.c: brokers that the process
 * could not reach.
 */
#include "judge/findings/story.h"

static struct trace_peer *refused(uint32_t producer_row, uint16_t port)
{
	struct trace_peer *peer = maker_peer(&maker, producer_row, port);

	peer->begun = peer->ends[PEER_REFUSED] = 12;
	peer->error = 111;
	return peer;
}

static void nobody_listens(void)
{
	refused(0, 1);
}

static void nobody_listens_any_more(void)
{
	struct trace_peer *peer = refused(0, 9092);

	peer->begun = 14;
	peer->ends[PEER_CONNECTED] = 2;
	peer->failed_before = 3;
}

static void it_is_reached_at_last(void)
{
	struct trace_peer *peer = refused(0, 9092);

	peer->begun = 13;
	peer->ends[PEER_CONNECTED] = 1;
	peer->failed_before = 12;
}

static void another_producer_is_refused(void)
{
	struct trace_producer *other = maker_producer(&maker);

	uint32_t row = (uint32_t)(other - maker.producers);

	maker_count(&maker_topic(&maker, row, "audit", -1)->counts, COUNT_SENT, 5);
	maker_count(&maker_topic(&maker, row, "audit", 0)->counts, COUNT_DELIVERED, 5);
	maker_waited(other, 5);
	refused(row, 1);
}

static void nothing_is_missing(void)
{
	nobody_listens();
	story_everything_arrives();
}

static void one_of_two_listens(void)
{
	nobody_listens();
	maker_peer(&maker, 0, 9092)->ends[PEER_CONNECTED] = 1;
}

static void one_of_two_was_not_tried(void)
{
	refused(UINT32_MAX, 9092);
	producer->configuration =
		maker_string(&maker, "bootstrap_servers=['127.0.0.1:9092', '10.0.0.7:9092']\n");
}

static void the_name_leads_nowhere(void)
{
	struct trace_peer *peer = maker_peer(&maker, 0, 9092);

	peer->flags = PEER_NAME;
	peer->name = maker_string(&maker, "broker.example");
	peer->begun = peer->ends[PEER_NAME_UNKNOWN] = 3;
	peer->error = -2;
}

static void as_it_was_configured(void)
{
	refused(UINT32_MAX, 9092);
	producer->configuration = maker_string(&maker, "bootstrap_servers=127.0.0.1:9092\n");
}

static void it_is_no_broker_of_its(void)
{
	refused(UINT32_MAX, 8080);
	producer->configuration = maker_string(&maker, "bootstrap_servers=127.0.0.1:9092\n");
}

static void a_producer_without_messages(void)
{
	producer = maker_producer(&maker);
	nobody_listens();
}

static void a_producer_that_is_not_meant(void)
{
	producer = maker_producer(&maker);
	it_is_no_broker_of_its();
}

static void a_client_made_no_producer(void)
{
	refused(UINT32_MAX, 9092);
	maker.process->python_version = maker_string(&maker, "3.11.2");
	maker.process->python_clients = maker_string(&maker, "kafka-python 2.0.2\n");
}

static void it_was_no_client(void)
{
	refused(UINT32_MAX, 9092);
}

static void one_address_of_two_was_tried(void)
{
	struct trace_peer *peer = refused(0, 9092);

	peer->name = maker_string(&maker, "localhost");
	peer->addresses = 2;
}

static void one_address_of_one_was_tried(void)
{
	one_address_of_two_was_tried();
	maker.peers[0].addresses = 1;
}

/* ---- what was answered ---- */

static void answered_with(int16_t api, int16_t code, uint32_t count)
{
	struct trace_peer *peer = maker_peer(&maker, 0, 9092);

	peer->begun = peer->ends[PEER_CONNECTED] = 1;
	peer->answers[0] = (struct trace_answer){.api = api, .code = code, .count = count};
}

static void turned_away(enum trace_peer_end end)
{
	struct trace_peer *peer = maker_peer(&maker, 0, 9092);

	peer->begun = peer->ends[PEER_CONNECTED] = peer->ends[end] = 5;
}

static void met_no_tls(void)
{
	turned_away(PEER_NO_TLS);
}

static void does_not_trust_it(void)
{
	turned_away(PEER_DISTRUSTED);
	maker.peers[0].alert = 48;
}

static void refuses_the_password(void)
{
	turned_away(PEER_AUTHENTICATION_REFUSED);
}

static void let_in_at_last(void)
{
	does_not_trust_it();
	maker.peers[0].let_in = 1;
	maker.peers[0].turned_before = 5;
}

static void not_the_leader_20_times(void)
{
	answered_with(0, 6, 20);
}

static void nothing_delivered(void)
{
	maker.topics[1].counts.messages[COUNT_DELIVERED] = 0;
	maker.topics[1].counts.bytes[COUNT_DELIVERED] = 0;
}

static void never_the_leader_and_waited_for(void)
{
	nothing_delivered();
	not_the_leader_20_times();
	producer->flush_calls = producer->flush_timeouts = 1;
	producer->flush_result = -185;
}

static void never_the_leader_and_not_waited_for(void)
{
	nothing_delivered();
	not_the_leader_20_times();
}

static void nobody_is_let_in(void)
{
	nothing_delivered();
	answered_with(36, 58, 3);
}

static void topics_are_being_made(void)
{
	answered_with(3, 5, 2);
}

static void some_failed(int32_t code)
{
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 600);
	producer->errors[0] =
		(struct trace_error){.code = code, .count = COUNT_FAILED, .messages = 600};
}

static void not_allowed(void)
{
	some_failed(29);
}

static void gave_up_by_itself(void)
{
	some_failed(-192);
}

static const struct story rows[] = {
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, met_no_tls,
	 let_in_at_last},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, does_not_trust_it,
	 let_in_at_last},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, refuses_the_password,
	 let_in_at_last},
	{"broker-errors", VERDICT_CLEAN, story_delivered, not_the_leader_20_times,
	 topics_are_being_made},
	{"broker-errors", VERDICT_LOST, story_outstanding_alone,
	 never_the_leader_and_waited_for, story_as_it_is},
	{"broker-errors", VERDICT_CLEAN, story_outstanding_alone,
	 never_the_leader_and_not_waited_for, story_as_it_is},
	{"broker-errors", VERDICT_LOST, story_outstanding_alone, nobody_is_let_in,
	 story_as_it_is},
	{"broker-errors", VERDICT_LOST, story_outstanding_alone, not_allowed,
	 gave_up_by_itself},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, nobody_listens,
	 it_is_reached_at_last},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, nobody_listens_any_more,
	 another_producer_is_refused},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, the_name_leads_nowhere,
	 nothing_is_missing},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone, as_it_was_configured,
	 it_is_no_broker_of_its},
	{"broker-unreachable", VERDICT_LOST, story_outstanding_alone,
	 one_address_of_one_was_tried, nothing_is_missing},
	{"broker-unreachable", VERDICT_CLEAN, story_outstanding_alone,
	 one_address_of_two_was_tried, story_as_it_is},
	{"broker-unreachable", VERDICT_CLEAN, story_outstanding_alone, one_of_two_listens,
	 story_as_it_is},
	{"broker-unreachable", VERDICT_CLEAN, story_outstanding_alone, one_of_two_was_not_tried,
	 story_as_it_is},
	{"broker-unreachable", VERDICT_CLEAN, story_nothing, a_producer_without_messages,
	 a_producer_that_is_not_meant},
	{"broker-unreachable", VERDICT_BLIND, story_nothing, a_client_made_no_producer,
	 it_was_no_client},
};

STORIES(peer);
