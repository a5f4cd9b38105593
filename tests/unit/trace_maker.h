/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace_maker.h - synthetic traces for unit tests: a small but complete trace
 * in memory, whose rows a test fills in as it needs them.
 */
#ifndef UNFLUSHED_TRACE_MAKER_H
#define UNFLUSHED_TRACE_MAKER_H

#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "model/model.h"

#define MAKER_SECOND INT64_C(1000000000)

struct maker {
	uint8_t *bytes;
	size_t size;
	struct trace_header *header;
	struct trace_process *process;
	struct trace_producer *producers;
	struct trace_producer_more *producers_more;
	struct trace_topic *topics;
	struct trace_cell *cells;
	struct trace_socket *sockets;
	struct trace_socket_more *sockets_more;
	struct trace_moment *moments;
	struct trace_peer *peers;
	struct trace_socket_told *sockets_told;
	struct trace_large *large;
	struct trace_stages *stages;
	struct trace_site *sites;
	struct trace_module *modules;
	struct trace_library *libraries;
	struct trace_thread *threads;
	struct trace_event *rings;
	char *strings;
	const struct host *proof; /* what `run --prove` adds; NULL: not asked for */
};

/* A process that ended by exit(0) one second after its start, and nothing else. */
/* The tables by the names that a dump gives them. */
struct maker_table {
	const char *name;
	enum trace_section_kind kind;
};
#define MAKER_TABLES 16
extern const struct maker_table maker_tables[MAKER_TABLES];

void maker_make(struct maker *maker);
void maker_free(struct maker *maker);

trace_string maker_string(struct maker *maker, const char *text);
/* The next row of its kind, complete, with plausible values. */
struct trace_producer *maker_producer(struct maker *maker);
/* Where messages enter (partition -1) or leave. */
struct trace_topic *maker_topic(struct maker *maker, uint32_t producer, const char *name,
				int32_t partition);
struct trace_cell *maker_cell(struct maker *maker, uint32_t topic, uint32_t site);
/* An open Kafka connection of that producer's row; UINT32_MAX: of none. */
struct trace_socket *maker_socket(struct maker *maker, uint32_t producer);
/* The rest of that connection's row. */
struct trace_socket_more *maker_socket_more(struct maker *maker,
					    const struct trace_socket *socket);
/* One request was told of, and all that the row has accepted was taken by then. */
struct trace_socket_told *maker_socket_told(struct maker *maker,
					    const struct trace_socket *socket);
/* 127.0.0.1:`port`, as that producer's row tried it (UINT32_MAX: not known whose). */
struct trace_peer *maker_peer(struct maker *maker, uint32_t producer, uint16_t port);
/* The sums of that producer's large messages. */
struct trace_stages *maker_stages(struct maker *maker, const struct trace_producer *producer);
/* The rest of that producer's row, and the word that the guest fills it in. */
struct trace_producer_more *maker_producer_more(struct maker *maker,
						const struct trace_producer *producer);
struct trace_site *maker_site(struct maker *maker, const char *file, uint32_t line);
void maker_event(struct maker *maker, enum trace_event_kind kind, int64_t at_ns, int64_t a);
/* `count` messages of 10 bytes each. */
void maker_count(struct trace_counts *counts, enum trace_count what, uint64_t count);

/* A producer of `produced` messages on topic "orders", of which `delivered`
 * were; it neither waited nor flushed, and its requests were all answered. */
struct trace_producer *maker_story(struct maker *maker, uint64_t produced, uint64_t delivered);
/* Makes its producer one that flushed everything. */
void maker_waited(struct trace_producer *producer, uint64_t produced);

/* A copy from malloc(), for reader_take(). */
uint8_t *maker_copy(const struct maker *maker);

/* Reads, builds, judges, explains. The run is freed with model_free(). */
void maker_run(const struct maker *maker, struct run *run);
/* Adds its process to such a run, and judges all of them again. */
void maker_run_also(const struct maker *maker, struct run *run);
/* The finding of that id in the first process; NULL. */
const struct finding *maker_finding(const struct run *run, const char *id);
/* A file with these bytes in the temporary directory; unlink it, free it. */
char *maker_file(const void *bytes, size_t size);

#endif
