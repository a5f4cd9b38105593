/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stall.c - stories of tools/judge/findings_stall.c: causes of stalls.
 */
#include "judge/findings/story.h"

static void stalls(int64_t total_ns)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->stalls = 2;
	socket->stalled_ns = (uint64_t)total_ns;
	socket->stall_longest_ns = (uint64_t)total_ns / 2;
}

static void stalls_for_long(void)
{
	stalls(MAKER_SECOND / 2);
}

static void stalls_for_a_moment(void)
{
	stalls(MAKER_SECOND / 100);
}

static void stalls_by_the_buffer(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_send_buffer_ns = MAKER_SECOND / 2;
	maker.sockets[0].rtt_us = 20000;
	maker.sockets[0].flight_bytes = 66000;
}

static void stalls_by_the_receiver(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_receiver_ns = MAKER_SECOND / 2;
}

static void stalls_by_the_network(void)
{
	stalls_for_long();
	maker.sockets[0].stalled_network_ns = MAKER_SECOND / 2;
}

/* Killed inside a blocking write that followed a short stall. */
static void dies_in_a_write_to_the_receiver(void)
{
	stalls_for_a_moment();
	maker.sockets[0].stalled_receiver_ns = MAKER_SECOND / 100;
	maker.sockets[0].write_began_ns = maker.process->end_ns - MAKER_SECOND / 2;
}

static void dies_in_a_write_that_has_just_begun(void)
{
	dies_in_a_write_to_the_receiver();
	maker.sockets[0].write_began_ns = maker.process->end_ns - 1000;
}

static void asks_for(int32_t bytes)
{
	maker_socket(&maker, 0);
	maker.sockets[0].flags |= SOCKET_BUFFER_FIXED;
	maker.sockets[0].buffer_requested = bytes;
	maker.sockets[0].buffer_effective = 425984;
}

static void asks_for_5_mb(void)
{
	asks_for(5 << 20);
}

static void asks_for_what_it_gets(void)
{
	asks_for(212992);
}

static void a_fixed_buffer_stalls(void)
{
	stalls_by_the_buffer();
	maker.sockets[0].flags |= SOCKET_BUFFER_FIXED;
	maker.sockets[0].buffer_effective = 65536;
	maker.process->tcp_wmem_max = 4 << 20;
}

static void a_fixed_buffer_of_the_largest_size_stalls(void)
{
	a_fixed_buffer_stalls();
	maker.sockets[0].buffer_effective = 4 << 20;
}

static void spins(uint64_t times)
{
	maker_socket(&maker, 0);
	maker.sockets[0].eagain = 1000;
	maker.sockets[0].eagain_spins = times;
}

static void spins_often(void)
{
	spins(900);
}

static void spins_once(void)
{
	spins(1);
}

static void nagle_waits(uint32_t times)
{
	maker_socket(&maker, 0);
	maker.sockets[0].nagle_waits = times;
}

static void nagle_waits_often(void)
{
	nagle_waits(20);
}

static void nagle_waits_once(void)
{
	nagle_waits(1);
}

static void stalls_by_the_low_water_mark(void)
{
	struct trace_socket_more *more = story_consequences();

	maker.sockets[0].stalls = 2;
	maker.sockets[0].stalled_ns = MAKER_SECOND / 2;
	more->stalled_lowat_ns = MAKER_SECOND / 2;
}

/* An older trace: what lies there is no count. */
static void the_bytes_were_spare(void)
{
	stalls_by_the_low_water_mark();
	maker.header->compatible = 0;
}

static const struct story rows[] = {
	{"send-buffer-stall", VERDICT_CLEAN, story_delivered, stalls_for_long,
	 stalls_for_a_moment},
	{"send-buffer-stall", VERDICT_CLEAN, story_delivered, stalls_by_the_buffer,
	 stalls_by_the_network},
	{"receiver-stall", VERDICT_CLEAN, story_delivered, stalls_by_the_receiver,
	 stalls_by_the_buffer},
	{"receiver-stall", VERDICT_CLEAN, story_delivered, dies_in_a_write_to_the_receiver,
	 dies_in_a_write_that_has_just_begun},
	{"network-stall", VERDICT_CLEAN, story_delivered, stalls_by_the_network,
	 stalls_by_the_receiver},
	{"send-buffer-capped", VERDICT_CLEAN, story_delivered, asks_for_5_mb,
	 asks_for_what_it_gets},
	{"autotuning-off", VERDICT_CLEAN, story_delivered, a_fixed_buffer_stalls,
	 a_fixed_buffer_of_the_largest_size_stalls},
	{"eagain-spin", VERDICT_CLEAN, story_delivered, spins_often, spins_once},
	{"nagle-delay", VERDICT_CLEAN, story_delivered, nagle_waits_often, nagle_waits_once},
	{"notsent-lowat-stall", VERDICT_CLEAN, story_delivered, stalls_by_the_low_water_mark,
	 story_settings_lead_to_nothing},
	{"notsent-lowat-stall", VERDICT_CLEAN, story_delivered, stalls_by_the_low_water_mark,
	 the_bytes_were_spare},
};

STORIES(stall);
