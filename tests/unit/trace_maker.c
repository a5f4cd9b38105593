/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_maker.c - synthetic traces for unit tests.
 *
 * Writes the sections one after the other, as the guest does, but with few
 * rows, so that a test can cut the trace at every byte.
 */
#include "trace_maker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build/build.h"
#include "judge/findings.h"
#include "judge/judge.h"

static const struct {
	uint32_t kind, row_bytes, rows;
} layout[TRACE_SECTIONS] = {
	{SECTION_PROCESS, sizeof(struct trace_process), 1},
	{SECTION_PRODUCER, sizeof(struct trace_producer), 3},
	{SECTION_TOPIC, sizeof(struct trace_topic), 8},
	{SECTION_CELL, sizeof(struct trace_cell), 8},
	{SECTION_SOCKET, sizeof(struct trace_socket), 4},
	{SECTION_SITE, sizeof(struct trace_site), 4},
	{SECTION_MODULE, sizeof(struct trace_module), 2},
	{SECTION_STRING, 1, 1024},
	{SECTION_THREAD, sizeof(struct trace_thread), 1},
	{SECTION_RING, sizeof(struct trace_event), TRACE_RING_EVENTS},
	{SECTION_LIBRARY, sizeof(struct trace_library), 2},
	{SECTION_SOCKET_MORE, sizeof(struct trace_socket_more), 4},
	{SECTION_MOMENT, sizeof(struct trace_moment), 8},
	{SECTION_PRODUCER_MORE, sizeof(struct trace_producer_more), 3},
	{SECTION_PEER, sizeof(struct trace_peer), 6},
	{SECTION_SOCKET_TOLD, sizeof(struct trace_socket_told), 4},
	{SECTION_LARGE, sizeof(struct trace_large), 4},
	{SECTION_STAGES, sizeof(struct trace_stages), 3},
};

const struct maker_table maker_tables[MAKER_TABLES] = {
	{"process", SECTION_PROCESS}, {"producer", SECTION_PRODUCER},
	{"topic", SECTION_TOPIC},     {"cell", SECTION_CELL},
	{"socket", SECTION_SOCKET},   {"socket_more", SECTION_SOCKET_MORE},
	{"moment", SECTION_MOMENT},   {"site", SECTION_SITE},
	{"module", SECTION_MODULE},   {"library", SECTION_LIBRARY},
	{"thread", SECTION_THREAD},   {"producer_more", SECTION_PRODUCER_MORE},
	{"peer", SECTION_PEER},	      {"socket_told", SECTION_SOCKET_TOLD},
	{"large", SECTION_LARGE},     {"stages", SECTION_STAGES},
};

static void lay_out(struct maker *maker)
{
	void *const places[TRACE_SECTIONS + 1] = {
		[SECTION_PROCESS] = &maker->process,
		[SECTION_PRODUCER] = &maker->producers,
		[SECTION_TOPIC] = &maker->topics,
		[SECTION_CELL] = &maker->cells,
		[SECTION_SOCKET] = &maker->sockets,
		[SECTION_SITE] = &maker->sites,
		[SECTION_MODULE] = &maker->modules,
		[SECTION_STRING] = &maker->strings,
		[SECTION_THREAD] = &maker->threads,
		[SECTION_RING] = &maker->rings,
		[SECTION_LIBRARY] = &maker->libraries,
		[SECTION_SOCKET_MORE] = &maker->sockets_more,
		[SECTION_MOMENT] = &maker->moments,
		[SECTION_PRODUCER_MORE] = &maker->producers_more,
		[SECTION_PEER] = &maker->peers,
		[SECTION_SOCKET_TOLD] = &maker->sockets_told,
		[SECTION_LARGE] = &maker->large,
		[SECTION_STAGES] = &maker->stages,
	};
	uint64_t at = sizeof(struct trace_header);

	for (int i = 0; i < TRACE_SECTIONS; i++)
		at += (uint64_t)layout[i].row_bytes * layout[i].rows;
	maker->size = at;
	maker->proof = NULL;
	maker->bytes = calloc(1, maker->size);
	maker->header = (struct trace_header *)maker->bytes;
	at = sizeof(struct trace_header);
	for (int i = 0; i < TRACE_SECTIONS; i++) {
		maker->header->sections[i] = (struct trace_section){
			.kind = layout[i].kind,
			.row_bytes = layout[i].row_bytes,
			.offset = at,
			.rows = layout[i].rows,
		};
		void *place = maker->bytes + at;
		memcpy(places[layout[i].kind], &place, sizeof place);
		at += (uint64_t)layout[i].row_bytes * layout[i].rows;
	}
}

static uint32_t claim(struct maker *maker, enum trace_section_kind kind)
{
	return maker->header->sections[kind - 1].used++;
}

void maker_make(struct maker *maker)
{
	lay_out(maker);
	struct trace_header *header = maker->header;

	memcpy(header->magic, TRACE_MAGIC, sizeof header->magic);
	header->version = TRACE_VERSION;
	header->byte_order = TRACE_BYTE_ORDER;
	header->header_bytes = sizeof *header;
	header->state = TRACE_LIVE;
	header->file_bytes = maker->size;
	header->section_count = TRACE_SECTIONS;
	header->section_bytes = sizeof(struct trace_section);
	header->sections_at = offsetof(struct trace_header, sections);
	header->sections[SECTION_STRING - 1].used = 8;
	header->sections[SECTION_RING - 1].used = TRACE_RING_EVENTS;
	claim(maker, SECTION_PROCESS);
	*maker->process = (struct trace_process){
		.state = 1,
		.pid = 4242,
		.ppid = 1,
		.boot_id = "00000000-0000-0000-0000-000000000000", /* over */
		.realtime_ns = 1700000000 * MAKER_SECOND,
		.monotonic_ns = 101 * MAKER_SECOND,
		.process_start_ns = 100 * MAKER_SECOND,
		.exe = maker_string(maker, "/usr/bin/orders"),
		.argv = maker_string(maker, "orders\n--count\n1000"),
		.notes = NOTE_KAFKA_API,
		.how = HOW_EXIT,
		.end_ns = 102 * MAKER_SECOND,
	};
	claim(maker, SECTION_THREAD);
	maker->threads[0] = (struct trace_thread){.state = 1, .tid = 4242, .name = "main"};
}

void maker_free(struct maker *maker)
{
	free(maker->bytes);
}

trace_string maker_string(struct maker *maker, const char *text)
{
	struct trace_section *section = &maker->header->sections[SECTION_STRING - 1];
	uint16_t length = (uint16_t)strlen(text);
	trace_string at = section->used;

	memcpy(maker->strings + at, &length, sizeof length);
	memcpy(maker->strings + at + sizeof length, text, (size_t)length + 1);
	section->used += (uint32_t)sizeof length + length + 1;
	return at;
}

struct trace_producer *maker_producer(struct maker *maker)
{
	struct trace_producer *producer = &maker->producers[claim(maker, SECTION_PRODUCER)];

	*producer = (struct trace_producer){
		.state = PRODUCER_OPEN,
		.client = CLIENT_LIBRDKAFKA,
		.name = maker_string(maker, "rdkafka#producer-1"),
		.acks = -1,
		.opened_ns = 101 * MAKER_SECOND,
		.flush_result = TRACE_UNKNOWN,
	};
	return producer;
}

struct trace_topic *maker_topic(struct maker *maker, uint32_t producer, const char *name,
				int32_t partition)
{
	struct trace_topic *topic = &maker->topics[claim(maker, SECTION_TOPIC)];

	*topic = (struct trace_topic){
		.state = 1,
		.producer = producer,
		.topic = maker_string(maker, name),
		.partition = partition,
	};
	return topic;
}

struct trace_cell *maker_cell(struct maker *maker, uint32_t topic, uint32_t site)
{
	struct trace_cell *cell = &maker->cells[claim(maker, SECTION_CELL)];

	*cell = (struct trace_cell){.state = 1, .topic = topic, .site = site};
	return cell;
}

struct trace_socket *maker_socket(struct maker *maker, uint32_t producer)
{
	struct trace_socket *socket = &maker->sockets[claim(maker, SECTION_SOCKET)];

	*socket = (struct trace_socket){
		.state = SOCKET_OPEN,
		.flags = SOCKET_KAFKA,
		.fd = 7,
		.producer = producer + 1,
		.peer_address = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1},
		.peer_port = 9092,
		.opened_ns = 101 * MAKER_SECOND,
		.buffer_requested = TRACE_UNKNOWN,
		.buffer_effective = 87040,
		.linger_seconds = TRACE_UNKNOWN,
		.produce_acks = -1,
		.unsent_bytes = 0,
		.unread_bytes = 0,
	};
	return socket;
}

struct trace_socket_more *maker_socket_more(struct maker *maker,
					    const struct trace_socket *socket)
{
	struct trace_socket_more *more = &maker->sockets_more[socket - maker->sockets];

	maker->header->sections[SECTION_SOCKET_MORE - 1].used =
		maker->header->sections[SECTION_SOCKET_MORE - 1].rows;
	*more = (struct trace_socket_more){
		.state = 1, .queued_bytes = TRACE_UNKNOWN, .unseen_bytes = -1};
	return more;
}

struct trace_socket_told *maker_socket_told(struct maker *maker,
					    const struct trace_socket *socket)
{
	struct trace_socket_told *told = &maker->sockets_told[socket - maker->sockets];

	maker->header->sections[SECTION_SOCKET_TOLD - 1].used =
		maker->header->sections[SECTION_SOCKET_TOLD - 1].rows;
	*told = (struct trace_socket_told){
		.state = 1, .requests = 1, .accepted_bytes = socket->accepted_bytes};
	return told;
}

struct trace_peer *maker_peer(struct maker *maker, uint32_t producer, uint16_t port)
{
	struct trace_peer *peer = &maker->peers[claim(maker, SECTION_PEER)];

	*peer = (struct trace_peer){
		.state = 1,
		.producer = producer + 1, /* UINT32_MAX: 0 */
		.address = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1},
		.port = port,
		.began_ns = 101 * MAKER_SECOND,
	};
	return peer;
}

struct trace_stages *maker_stages(struct maker *maker, const struct trace_producer *producer)
{
	struct trace_stages *stages = &maker->stages[producer - maker->producers];

	maker->header->sections[SECTION_STAGES - 1].used = 3;
	stages->state = 1;
	return stages;
}

struct trace_producer_more *maker_producer_more(struct maker *maker,
						const struct trace_producer *producer)
{
	struct trace_producer_more *more = &maker->producers_more[producer - maker->producers];

	maker->header->compatible |= TRACE_HAS_WAITS;
	maker->header->sections[SECTION_PRODUCER_MORE - 1].used =
		maker->header->sections[SECTION_PRODUCER_MORE - 1].rows;
	*more = (struct trace_producer_more){.state = 1, .wait_bound_ms = TRACE_UNKNOWN};
	return more;
}

struct trace_site *maker_site(struct maker *maker, const char *file, uint32_t line)
{
	struct trace_site *site = &maker->sites[claim(maker, SECTION_SITE)];

	*site = (struct trace_site){
		.state = 1,
		.language = LANGUAGE_PYTHON,
		.depth = 1,
		.frames = {{.file = maker_string(maker, file),
			    .function = maker_string(maker, "send_orders"),
			    .line = line}},
	};
	return site;
}

void maker_event(struct maker *maker, enum trace_event_kind kind, int64_t at_ns, int64_t a)
{
	maker->rings[maker->threads[0].head % TRACE_RING_EVENTS] =
		(struct trace_event){.at_ns = at_ns, .kind = (uint16_t)kind, .a = a};
	maker->threads[0].head++;
}

void maker_count(struct trace_counts *counts, enum trace_count what, uint64_t count)
{
	counts->messages[what] += count;
	counts->bytes[what] += 10 * count;
}

struct trace_producer *maker_story(struct maker *maker, uint64_t produced, uint64_t delivered)
{
	uint32_t row = maker->header->sections[SECTION_PRODUCER - 1].used;
	struct trace_producer *producer = maker_producer(maker);
	struct trace_topic *in = maker_topic(maker, row, "orders", -1);
	struct trace_topic *out = maker_topic(maker, row, "orders", 0);

	maker_site(maker, "orders.py", 42);
	struct trace_cell *cell = maker_cell(maker, (uint32_t)(in - maker->topics),
					     maker->header->sections[SECTION_SITE - 1].used);
	maker_count(&cell->counts, COUNT_SENT, produced);
	maker_count(&out->counts, COUNT_DELIVERED, delivered);
	producer->produced_last_ns = 101 * MAKER_SECOND + 500;
	return producer;
}

void maker_waited(struct trace_producer *producer, uint64_t produced)
{
	producer->waited_for = produced;
	producer->waited_by = WAITED_FLUSH;
	producer->flush_calls = 1;
	producer->flush_result = 0;
	producer->flush_ended_ns = producer->produced_last_ns + 1000;
}

uint8_t *maker_copy(const struct maker *maker)
{
	uint8_t *copy = malloc(maker->size);

	if (!copy)
		abort();
	return memcpy(copy, maker->bytes, maker->size);
}

void maker_run(const struct maker *maker, struct run *run)
{
	struct reader reader;

	memset(run, 0, sizeof *run);
	if (reader_take(&reader, maker_copy(maker), maker->size))
		build_trace(run, "4242-1.trace", &reader);
	reader_close(&reader);
	if (maker->proof)
		build_proof(run, maker->proof);
	judge_run(run);
	findings_raise(run);
}

void maker_run_also(const struct maker *maker, struct run *run)
{
	struct reader reader;

	if (!reader_take(&reader, maker_copy(maker), maker->size))
		abort();
	build_trace(run, "other.trace", &reader);
	reader_close(&reader);
	judge_run(run);
}

const struct finding *maker_finding(const struct run *run, const char *id)
{
	for (size_t i = 0; run->process_count && i < run->processes[0].finding_count; i++)
		if (!strcmp(run->processes[0].findings[i].id, id))
			return &run->processes[0].findings[i];
	return NULL;
}

char *maker_file(const void *bytes, size_t size)
{
	char *path = strdup("/tmp/unflushed-test-XXXXXX");
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	close(fd);
	return path;
}
