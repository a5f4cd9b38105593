/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker.h - the parts of the fake broker.
 *
 *     listener ─▶ connection ─▶ requests ─▶ produce ─▶ truth ─▶ --report FILE
 *                  (slow, stalled, reset)   (its own parser)
 */
#ifndef FAKE_BROKER_H
#define FAKE_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "codec.h"

#define APIS 96

/* Kafka protocol, the keys of the APIs that are answered. */
enum api {
	API_PRODUCE = 0,
	API_FETCH = 1,
	API_METADATA = 3,
	API_FIND_COORDINATOR = 10,
	API_SASL_HANDSHAKE = 17,
	API_VERSIONS = 18,
	API_INIT_PRODUCER_ID = 22,
	API_ADD_PARTITIONS_TO_TXN = 24,
	API_END_TXN = 26,
	API_SASL_AUTHENTICATE = 36,
};

struct settings {
	const char *host;
	const char *advertised_host; /* that clients are sent to; NULL: host */
	int port;
	int advertised; /* port that clients are sent to; 0 = port */
	int partitions;
	double stall_s;	     /* unread, from the first Produce of a connection on */
	int64_t rate;	     /* bytes a second and connection; 0 = as they come */
	int rcvbuf;	     /* 0 = the kernel's choice */
	bool never_answer;   /* Produce */
	int64_t reset_after; /* bytes of Produce requests; -1 = never */
	int64_t close_after; /* hang up on the Nth Produce; -1 = never */
	int64_t leave_after; /* be gone once so many records have come; -1 = never */
	int delay_ms;	     /* before the answer to a Produce */
	int error;	     /* what Produce is answered with */
	int64_t errors;	     /* how many times; -1 = always */
	int late_byte_ms;    /* after the first Produce begins; -1 = none */
	bool know_nobody;    /* answer SaslAuthenticate with SASL_AUTHENTICATION_FAILED */
	bool fence;	     /* answer EndTxn with PRODUCER_FENCED */
	bool one_shot;
	double for_s;
	const char *report;
};

extern struct settings settings;
extern bool draining; /* the end is near: read all there is, say nothing more */

/* An answer that waits for its time, or for room in the socket. */
struct answer {
	struct answer *next;
	int64_t due_ns;
	enum api api;
	struct frame frame;
	size_t written;
};

struct connection {
	struct connection *next;
	int fd; /* -1: ended, kept for the report */
	char peer[64];
	const char *end; /* how it ended; "open" */

	uint8_t head[12];     /* length, api, version, correlation id */
	uint8_t *frame;	      /* the current frame after its length field */
	uint32_t frame_bytes; /* with the length field; 0 = not known */
	uint32_t frame_at;
	bool tokens; /* SaslHandshake v0: the next frame is a bare token */

	int64_t quiet_until_ns; /* nothing is read before */
	int64_t late_byte_ns;	/* 0 = not due */
	bool produced;		/* the first Produce has begun */
	int64_t paced_ns;	/* reading is paid for up to here */
	struct answer *answers;

	uint64_t received;
	uint64_t requests[APIS];
	uint64_t other_requests;
	uint64_t produce_bytes; /* of whole and cut requests */
	uint64_t records;
	uint64_t acks0;
	uint64_t answered; /* Produce answers wholly handed to the kernel */
};

int64_t now_ns(void);

/* broker.c: nobody listens any more, and soon nobody is there. */
void broker_leave(void);

/* connection.c */
struct connection *connection_open(int fd);
void connection_read(struct connection *connection);
void connection_write(struct connection *connection);
void connection_end(struct connection *connection, const char *how);
void connection_reset(struct connection *connection);
int64_t connection_wakes_ns(const struct connection *connection);
bool connection_may_read(const struct connection *connection);
bool connection_wants_write(const struct connection *connection);
void connection_late_byte(struct connection *connection);
/* Takes over the frame's memory; the length field is filled in here. */
void connection_answer(struct connection *connection, struct frame *frame, enum api api);

/* requests.c: a whole frame; false: a broker would hang up. */
bool request_serve(struct connection *connection, struct body *body);
void request_limit(int api, int newest);
const char *request_api_name(int api);

/* produce.c */
bool produce_serve(struct connection *connection, struct body *body, int version,
		   int32_t correlation);

/* truth.c */
struct topic *truth_topic(struct text name);
const char *truth_topic_name(const struct topic *topic);
struct topic *truth_topics(const struct topic *after);
int64_t truth_count(struct topic *topic, int partition, int64_t records, uint64_t bytes);
bool truth_write(const char *path, const struct connection *connections);
extern uint64_t truth_refused;	 /* records answered with an error */
extern uint64_t truth_corrupt;	 /* batches whose checksum is wrong */
extern uint64_t truth_uncounted; /* compressed message sets of old magic */

#endif
