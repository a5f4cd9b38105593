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
/* Finds the producers whose messages came from Go's ProduceChannel(), or may have; to be
 * called after the sites are built. */
void build_channels(struct builder *builder);
/* Finds the lines that produced the unsent messages; to be called after build_flight(). */
void build_sites_unsent(struct builder *builder);
void build_sockets(struct builder *builder);
/* "127.0.0.1:9092"; NULL: neither address nor port is known. */
const char *build_address(struct builder *builder, const uint8_t *address, uint16_t port);
/* Adds the addresses that the process tried to connect to; to be called after the sockets. */
void build_peers(struct builder *builder);
/* Adds the times of large messages; to be called after the sites. */
void build_stages(struct builder *builder);
void build_links(struct builder *builder);
void build_flight(struct builder *builder);
void build_series(struct builder *builder);

/* Adds an empty process to the run. */
struct process *build_new_process(struct run *run);
const char *build_string(struct builder *builder, trace_string at);
/* Adds who was told of failed messages, and the waits; to be called after the tallies. */
void build_told(struct builder *builder, struct producer *producer);
struct producer *build_producer_at(struct builder *builder, uint32_t row);

/* The number of the bucket in or below which are `thousandths` of the samples; UNKNOWN without
 * samples. */
int64_t build_percentile(const uint32_t *buckets, unsigned count, unsigned thousandths);

/* Times from a histogram of microseconds (trace_bucket()) and the largest of them; UNKNOWN:
 * the histogram is empty. */
struct build_latency {
	int64_t p50_ns, p99_ns, max_ns;
};
struct build_latency build_latency(const uint32_t *buckets, uint64_t max_us);

#endif
