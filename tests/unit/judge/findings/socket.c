/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.c - stories of tools/judge/findings_socket.c: how connections ended.
 */
#include "judge/findings/story.h"

static void a_frame_is_cut(void)
{
	maker.sockets[0].frame_bytes = 5243016;
	maker.sockets[0].frame_at = 324596;
}

static void a_frame_is_left(void)
{
	a_frame_is_cut();
	maker.sockets[0].flags |= SOCKET_SHARED;
}

static void a_frame_is_being_written(void)
{
	a_frame_is_cut();
	maker.sockets[0].write_began_ns = 1;
}

static void a_frame_of_metadata_is_cut(void)
{
	a_frame_is_cut();
	maker.sockets[0].frame_api = 3;
}

static void unsent_and_unread(void)
{
	story_all_in_flight();
	maker.sockets[0].unsent_bytes = 4096;
	maker.sockets[0].unread_bytes = 40;
}

static void unsent_and_unread_shared(void)
{
	unsent_and_unread();
	maker.sockets[0].flags |= SOCKET_SHARED;
}

static void the_last_word_of_tls_and_unread(void)
{
	unsent_and_unread();
	maker.sockets[0].unsent_bytes = 24;
	maker.sockets[0].flags |= SOCKET_TLS;
	maker_socket_more(&maker, &maker.sockets[0])->flags = SOCKET_ALERT_LEFT;
}

static void unsent_only(void)
{
	story_all_in_flight();
	maker.sockets[0].unsent_bytes = 4096;
}

static void lingers_zero_with_unsent(void)
{
	unsent_only();
	maker.sockets[0].flags |= SOCKET_LINGER_ZERO;
}

static void lingers_zero_with_nothing_left(void)
{
	maker.sockets[0].flags |= SOCKET_LINGER_ZERO;
}

static const struct story rows[] = {
	{"cut-frame", VERDICT_LOST, story_wire_only, a_frame_is_cut,
	 a_frame_of_metadata_is_cut},
	{"cut-frame", VERDICT_LOST, story_outstanding, a_frame_is_cut,
	 story_everything_arrives},
	{"cut-frame", VERDICT_LOST, story_wire_only, a_frame_is_cut, a_frame_is_being_written},
	{"ended-in-write", VERDICT_AT_RISK, story_wire_only, a_frame_is_being_written,
	 a_frame_is_cut},
	{"ended-in-write", VERDICT_AT_RISK, story_outstanding, a_frame_is_being_written,
	 story_everything_arrives},
	{"left-to-another", VERDICT_AT_RISK, story_wire_only, a_frame_is_left, a_frame_is_cut},
	{"left-to-another", VERDICT_AT_RISK, story_outstanding, a_frame_is_left,
	 story_everything_arrives},
	{"reset-on-close", VERDICT_LOST, story_outstanding, unsent_and_unread,
	 unsent_and_unread_shared},
	{"reset-on-close", VERDICT_LOST, story_outstanding, unsent_and_unread, unsent_only},
	{"reset-on-close", VERDICT_LOST, story_outstanding, unsent_and_unread,
	 the_last_word_of_tls_and_unread},
	{"linger-zero", VERDICT_LOST, story_outstanding, lingers_zero_with_unsent,
	 lingers_zero_with_nothing_left},
};

STORIES(socket);
