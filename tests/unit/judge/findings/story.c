/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.c - functions for stories of more than one subject.
 */
#include "judge/findings/story.h"

struct maker maker;
struct trace_producer *producer;

void story_outstanding(void)
{
	producer = maker_story(&maker, 1000, 400);
	maker_socket(&maker, 0);
}

void story_outstanding_alone(void)
{
	producer = maker_story(&maker, 1000, 400);
}

void story_delivered(void)
{
	producer = maker_story(&maker, 1000, 1000);
	maker_waited(producer, 1000);
}

void story_wire_only(void)
{
	maker_socket(&maker, UINT32_MAX);
	maker.process->notes = NOTE_KAFKA_WIRE;
}

void story_nothing(void)
{
}

void story_as_it_is(void)
{
}

void story_everything_arrives(void)
{
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, 600);
	maker_waited(producer, 1000);
}

void story_all_in_flight(void)
{
	struct trace_socket *socket = &maker.sockets[0];

	producer->requests_sent = 1;
	socket->produce_requests = 1;
	socket->produce_records = 600;
}

struct trace_socket_more *story_consequences(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker.header->compatible |= TRACE_HAS_CONSEQUENCES;
	socket->accepted_bytes = 7000;
	socket->unsent_bytes = 5000;
	socket->send_timeout_ms = socket->user_timeout_ms = 300;
	socket->notsent_lowat = 16384;
	return maker_socket_more(&maker, socket);
}

void story_settings_lead_to_nothing(void)
{
	story_consequences();
}
