/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setting.c - stories of tools/judge/findings_setting.c: effects of a
 * connection's settings.
 */
#include "judge/findings/story.h"

#include <errno.h>

static void a_send_times_out(void)
{
	struct trace_socket_more *more = story_consequences();

	more->send_timeouts = 1;
	more->send_timeout_bytes = 5000;
	more->flags = SOCKET_SEND_GAVE_UP;
}

static void tcp_gives_up(void)
{
	story_consequences()->error = ETIMEDOUT;
}

static void tcp_is_given_up_by_the_peer(void)
{
	story_consequences()->error = ECONNRESET;
}

static void tcp_gives_up_with_messages(void)
{
	tcp_gives_up();
	maker.sockets[0].produce_requests = 1;
	maker.sockets[0].produce_records = 600;
}

/* Nothing of it had to be acknowledged any more. */
static void tcp_gives_up_with_nothing_left(void)
{
	tcp_gives_up_with_messages();
	maker.sockets[0].unsent_bytes = 0;
}

static void corks(uint32_t times)
{
	struct trace_socket_more *more = story_consequences();

	more->cork_waits = times;
	more->cork_held_ms = 200 * times;
}

static void a_cork_holds(void)
{
	corks(4);
}

static const struct story rows[] = {
	{"send-timeout", VERDICT_CLEAN, story_delivered, a_send_times_out,
	 story_settings_lead_to_nothing},
	{"connection-timed-out", VERDICT_CLEAN, story_delivered, tcp_gives_up,
	 tcp_is_given_up_by_the_peer},
	{"connection-timed-out", VERDICT_LOST, story_outstanding_alone,
	 tcp_gives_up_with_messages, tcp_gives_up_with_nothing_left},
	{"cork-delay", VERDICT_CLEAN, story_delivered, a_cork_holds,
	 story_settings_lead_to_nothing},
};

STORIES(setting);
