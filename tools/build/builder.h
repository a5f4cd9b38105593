/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder.h - what the build_*.c share: the state of building a process from a trace.
 */
#ifndef UNFLUSHED_BUILD_BUILDER_H
#define UNFLUSHED_BUILD_BUILDER_H

#include "model/model.h"
#include "read/reader.h"

struct builder {
	struct run *run;
	const struct reader *reader;
	struct process *process;
	int32_t *producer_of; /* by row of SECTION_PRODUCER; -1: none */
};

void build_process(struct builder *builder);
void build_producers(struct builder *builder);
void build_topics(struct builder *builder);
void build_sites(struct builder *builder);
/* Whose messages came from Go's ProduceChannel(), or may have: after the sites. */
void build_channels(struct builder *builder);
/* Which lines produced the unsent messages; after build_flight(). */
void build_sites_unsent(struct builder *builder);
void build_sockets(struct builder *builder);
/* "127.0.0.1:9092"; NULL: neither address nor port is known. */
const char *build_address(struct builder *builder, const uint8_t *address, uint16_t port);
/* The addresses that it tried to connect to; after the sockets. */
void build_peers(struct builder *builder);
/* Where the time of large messages went; after the sites. */
void build_stages(struct builder *builder);
void build_links(struct builder *builder);
void build_flight(struct builder *builder);
void build_series(struct builder *builder);

/* A fresh process in the run. */
struct process *build_new_process(struct run *run);
const char *build_string(struct builder *builder, trace_string at);
/* Who was told of failed messages, and the waits; after the tallies. */
void build_told(struct builder *builder, struct producer *producer);
struct producer *build_producer_at(struct builder *builder, uint32_t row);

/* `thousandths` of the samples are at or below the answer; UNKNOWN without
 * samples. The answer is a bucket's number. */
int64_t build_percentile(const uint32_t *buckets, unsigned count, unsigned thousandths);

/* Of a histogram of microseconds (trace_bucket()) and the largest of them; UNKNOWN: it is
 * empty. */
struct build_latency {
	int64_t p50_ns, p99_ns, max_ns;
};
struct build_latency build_latency(const uint32_t *buckets, uint64_t max_us);

#endif
