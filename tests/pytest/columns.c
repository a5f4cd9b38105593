/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.c - prints where the trace has what pytest_trace.py reads, by the headers.
 *
 * A line for each: table, column, place, bytes. test_columns.py compares.
 */
#include <stddef.h>
#include <stdio.h>

#include "format/format.h"

#define COLUMN(table, type, name)                                                              \
	printf("%s %s %zu %zu\n", #table, #name, offsetof(struct type, name),                  \
	       sizeof(((struct type *)NULL)->name))

static void header(void)
{
	COLUMN(HEADER, trace_header, version);
	COLUMN(HEADER, trace_header, byte_order);
	COLUMN(HEADER, trace_header, state);
	COLUMN(HEADER, trace_header, section_count);
	COLUMN(HEADER, trace_header, section_bytes);
	COLUMN(HEADER, trace_header, sections_at);
	COLUMN(HEADER, trace_header, run);
	COLUMN(SECTION, trace_section, kind);
	COLUMN(SECTION, trace_section, row_bytes);
	COLUMN(SECTION, trace_section, offset);
	COLUMN(SECTION, trace_section, rows);
}

static void process(void)
{
	COLUMN(PROCESS, trace_process, pid);
	COLUMN(PROCESS, trace_process, ppid);
	COLUMN(PROCESS, trace_process, how);
	COLUMN(PROCESS, trace_process, status);
	COLUMN(PROCESS, trace_process, observed);
	COLUMN(PROCESS, trace_process, observed_status);
	COLUMN(PROCESS, trace_process, observed_ns);
	COLUMN(PROCESS, trace_process, offered);
	COLUMN(PROCESS, trace_process, blocking_began);
	COLUMN(PROCESS, trace_process, blocking_ended);
	COLUMN(PROCESS, trace_process, waits_began);
	COLUMN(PROCESS, trace_process, waits_ended);
	COLUMN(THREAD, trace_thread, offered);
}

static void producer(void)
{
	COLUMN(PRODUCER, trace_producer, state);
	COLUMN(PRODUCER, trace_producer, client);
	COLUMN(PRODUCER, trace_producer, opened_ns);
	COLUMN(PRODUCER, trace_producer, destroyed_ns);
	COLUMN(TOPIC, trace_topic, state);
	COLUMN(TOPIC, trace_topic, producer);
	printf("TOPIC counts %zu %zu\n", offsetof(struct trace_topic, counts.messages),
	       sizeof(((struct trace_topic *)NULL)->counts.messages));
	COLUMN(CELL, trace_cell, state);
	COLUMN(CELL, trace_cell, topic);
	printf("CELL counts %zu %zu\n", offsetof(struct trace_cell, counts.messages),
	       sizeof(((struct trace_cell *)NULL)->counts.messages));
	COLUMN(SOCKET, trace_socket, state);
	COLUMN(SOCKET, trace_socket, producer);
	COLUMN(PEER, trace_peer, state);
	COLUMN(PEER, trace_peer, producer);
}

int main(void)
{
	header();
	process();
	producer();
	printf("VALUE process %d\nVALUE producer %d\nVALUE topic %d\nVALUE cell %d\n"
	       "VALUE socket %d\nVALUE thread %d\nVALUE peer %d\n",
	       SECTION_PROCESS, SECTION_PRODUCER, SECTION_TOPIC, SECTION_CELL, SECTION_SOCKET,
	       SECTION_THREAD, SECTION_PEER);
	printf("VALUE VERSION %u\nVALUE LIVE %d\nVALUE BYTE_ORDER %u\nVALUE REFUSED %d\n"
	       "VALUE LIBRDKAFKA %d\nVALUE KAFKA_PYTHON %d\nVALUE AIOKAFKA %d\n"
	       "VALUE HOW_EXIT %d\n",
	       TRACE_VERSION, TRACE_LIVE, TRACE_BYTE_ORDER, PRODUCER_REFUSED, CLIENT_LIBRDKAFKA,
	       CLIENT_KAFKA_PYTHON, CLIENT_AIOKAFKA, HOW_EXIT);
	return 0;
}
