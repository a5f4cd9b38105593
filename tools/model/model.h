/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - structs for everything that a report says.
 *
 * build_*.c fill them from traces, judge/judge.c adds verdicts,
 * judge/findings.c findings, render_*.c print them. Renderers read only these,
 * so text and JSON cannot disagree.
 *
 * A number that is not known is UNKNOWN, a text that is not known is NULL;
 * neither is ever 0 or "". All texts are printable UTF-8 (no control
 * characters, whatever the trace holds) and live as long as the run.
 */
#ifndef UNFLUSHED_MODEL_H
#define UNFLUSHED_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "format/kafka_api.h"
#include "read/reader.h"
#include "model/verdict.h"

#define UNKNOWN INT64_MIN

/* The stages that a message can reach and the ways it can end, in the order of the JSON. */
#define AMOUNTS(AMOUNT)                                                                        \
	AMOUNT(PRODUCED, "produced")                                                           \
	AMOUNT(REJECTED, "rejected")                                                           \
	AMOUNT(DELIVERED, "delivered")                                                         \
	AMOUNT(UNCONFIRMED, "unconfirmed")                                                     \
	AMOUNT(FAILED, "failed")                                                               \
	AMOUNT(PURGED, "purged")                                                               \
	AMOUNT(OUTSTANDING, "outstanding")                                                     \
	AMOUNT(UNSENT, "unsent")                                                               \
	AMOUNT(IN_FLIGHT, "in_flight")

/* clang-format off */
enum amount {
#define AMOUNT_NUMBER(name, word) name,
	AMOUNTS(AMOUNT_NUMBER)
#undef AMOUNT_NUMBER
	AMOUNT_COUNT
};
/* clang-format on */

struct tally {
	int64_t messages[AMOUNT_COUNT];
	int64_t bytes[AMOUNT_COUNT];
};

/* Whose code a frame is (origin.h); the user's own comes first. */
enum origin {
	ORIGIN_USER,
	ORIGIN_LIBRARY,
	ORIGIN_FRAMEWORK,
	ORIGIN_RUNTIME,
	ORIGIN_CLIENT,
};

struct frame {
	const char *function;
	const char *file;
	int line; /* 0: unknown */
	const char *module;
	int64_t offset;
	enum origin origin; /* origin_mark() */
};

/* Patterns of code that the user says is not theirs (--not-mine), in addition to origin.def's
 * (origin.h). */
struct not_mine {
	const char *const *items;
	size_t count;
};

struct call_site {
	enum trace_language language;
	struct frame *frames; /* innermost first; inlined functions have frames of their own */
	size_t depth;
	size_t place; /* index of the frame that a report names: origin_mark() */
	int64_t produced, rejected, outstanding, failed, purged;
	int64_t unwritable;   /* outstanding, and too new to be in a request; 0: not known */
	int64_t unsent_least; /* of the outstanding ones, at least so many are unsent */
	int64_t unsent_most;  /* and at most so many; UNKNOWN */
	/* Messages of this site that certainly did not arrive, at least: of the outstanding
	 * ones, and of all. Set by findings_raise(). */
	int64_t outstanding_lost, lost_least;
	int64_t possible_least; /* the same of those that possibly did not arrive */
	uint32_t row;		/* of SECTION_SITE */
};

/*
 * Messages that did not arrive and whose loss was not reported to the program:
 * at least `certain`, at most `certain` plus `possible`. The two are never
 * printed as a sum. UNKNOWN: not known.
 */
struct losses {
	int64_t certain, possible;
	int64_t certain_bytes, possible_bytes;
};

struct topic {
	const char *name;
	int64_t partition; /* UNKNOWN: the whole topic */
	struct tally tally;
	/* Of the producer's certain and possible losses, at least so many are of the whole
	 * topic. Set by findings_raise(). */
	int64_t lost_least, possible_least;
};

struct error {
	int32_t code;
	const char *name;
	bool rejected;	/* false: failed */
	uint32_t entry; /* index in trace_producer.errors */
	int64_t messages;
	int64_t retried; /* of rejected ones: produced again later; UNKNOWN */
};

struct setting {
	const char *key, *value;
};

/* Failed or purged messages by who got their outcome. binding: the binding got it, but it is
 * not known whether it passed it on to the application. */
struct told {
	int64_t application, binding, nobody;
};

/* What the guest recorded of waits; judge/waits.c judges it. The numbers tell how many
 * messages had been produced at the event. */
struct waits {
	/* False for an older trace, and for other clients: only `by` and `waited_for` are set.
	 */
	bool known;
	enum trace_waited_by by;
	int64_t waited_for; /* at the end of a call that waits */
	int64_t reports_served;
	int64_t reports_waited; /* when a call that could block served the last report */
	int64_t reports_other;	/* the same for any other call */
	enum trace_report_how other_how;
	int64_t other_thread; /* the same for calls on this thread */
	int64_t unproven_for, unproven_thread;
	int64_t bound_ms; /* timeout of the wait that was enough; -1: none; UNKNOWN */
};

enum waited {
	WAITED_NO,
	WAITED_UNPROVEN, /* perhaps, but the trace does not prove it */
	WAITED_YES,
};

/*
 * confluent-kafka-go's ProduceChannel(): a channel in front of the client. A
 * goroutine of the library takes messages out of it and produces them. The
 * guest does not see messages that are in it.
 */
enum channel {
	CHANNEL_NONE,	  /* this producer does not use it, or the program has none */
	CHANNEL_USED,	  /* messages came from it */
	CHANNEL_POSSIBLE, /* the program has it; no message shows whether it is used */
	CHANNEL_UNKNOWN,  /* the same, and it is not known whether the program has it */
};

/* What `run --prove` adds to a producer: answers to its Produce requests were withheld. */
struct proof {
	int64_t gave_up_for;   /* how many were produced when its last wait gave up */
	int64_t withheld_ns;   /* how long its last answer was withheld, if its time ended that
				* and not a wait; UNKNOWN: it was not withheld */
	bool at_end, at_purge; /* answers were withheld when a connection of the producer
				* ended, or when it was purged */
	/* judge_run(). cut: the program did not wait for messages under way. outlasted: nothing
	 * else shows that it waited, but it ran until its last answer was let through. */
	bool cut, outlasted;
};

/* How long each stage of one large message took. Times are CLOCK_MONOTONIC; UNKNOWN: the stage
 * was not reached, or not seen. */
struct large_message {
	int64_t producer;	      /* index */
	const struct call_site *site; /* NULL: not known */
	int64_t bytes;
	int64_t send_ns, send_cpu_ns;	/* inside send(), and its processor time */
	int64_t build_ns, build_cpu_ns; /* the client encoded the message's batch */
	/* From send() to the first byte of its request; from there to its last byte; from
	 * there to the answer. */
	int64_t before_ns, writing_ns, answering_ns;
	int64_t took_ns; /* from send() until the client reported it as done */
};

/* The sums over all large messages of a producer. `messages` UNKNOWN: the shim does not record
 * them for this client, or the trace is older. */
struct stages {
	int64_t messages, bytes;
	int64_t send_ns,
		send_cpu_ns; /* UNKNOWN: no send() was timed (aiokafka's is a coroutine) */
	int64_t built_bytes, build_ns, build_cpu_ns;
	int64_t offered, before_ns, before_max_ns;
	int64_t written, writing_ns;
	int64_t answered, answering_ns;
};

/* How long something took each time; `count` 0: it is not known, and neither are the times. */
struct spans {
	int64_t count, mean_ns, max_ns;
};

struct producer {
	uint32_t row;
	enum trace_client client;
	enum trace_binding binding; /* BINDING_NONE: unknown */
	enum trace_producer_state state;
	uint32_t flags; /* enum trace_producer_flag */
	const char *name, *client_id, *version;
	const struct setting *settings; /* by the client's own names; NULL: unknown */
	size_t setting_count;
	int64_t acks; /* -1: all */
	struct tally tally;
	int64_t dropped; /* outstanding ones that destroy gave up */
	int64_t reports_unserved;
	struct told failed_told, purged_told;
	struct waits waits;
	enum waited waited; /* judge_run() */
	struct proof proof;
	enum channel channel;
	int64_t channel_messages; /* messages from it, by their call sites */
	bool channel_open;	  /* judge_run(): it may not have been empty at the end */
	int64_t flush_calls, flush_timeouts, flush_waited_ns;
	int64_t blocked_ns;	 /* inside produce, which was asked to block */
	int64_t flush_result;	 /* of the last flush; UNKNOWN: there was none */
	bool flush_was_last;	 /* nothing was produced after the last flush */
	bool in_flush;		 /* the last flush had not returned at the end */
	int64_t flush_began_ns;	 /* of that flush; UNKNOWN */
	int64_t flush_left;	 /* flushes that an exception or a callback left */
	uint32_t flush_left_how; /* of the last such flush: enum trace_flush_left */
	uint32_t close_left_how; /* the same for a close */
	int64_t purge_calls;
	int64_t purges_own, purges_late, purges_wrapper; /* 0 in an older trace */
	int64_t purge_found;	  /* outstanding when a wrapper's own purge was called */
	int64_t rejected_retried; /* UNKNOWN: some refusals could not be followed */
	int64_t refused_lost_sight;
	int64_t refused_open;  /* certainly not produced again */
	int64_t refused_alike; /* produced again, or an equal message was */
	int64_t latency_p50_ns, latency_p99_ns, latency_max_ns;
	/* The broker's part of the latency: from the last byte of each request to its answer.
	 * UNKNOWN: no frame of its connections could be read. */
	int64_t answer_p50_ns, answer_p99_ns, answer_max_ns;
	/* Before that: a batch in the client, from its oldest message to the first byte of its
	 * request; and requests from their first bytes to their last. */
	struct spans queue_spans, writing_spans;
	struct stages stages;
	bool transaction_open;
	int64_t transaction_messages;		      /* produced in the open transaction */
	int64_t aborted_messages, committed_messages; /* aborted; committed since */
	int32_t transaction_error, fatal_error;	      /* rd_kafka_resp_err_t; 0: none */
	enum trace_transaction_call transaction_call; /* which returned transaction_error */
	bool committing;			      /* commit had not returned */
	int64_t transactions_committed, transactions_aborted;
	int64_t requests_sent, requests_answered;
	bool writing;		 /* may have written one request that it did not report */
	bool shares_connections; /* with producers of the same client id */
	bool reset;	       /* the messages in flight were on a connection that was reset */
	int64_t dropped_least; /* of those, the peer did not get at least so many whole */
	int64_t unwritable;    /* produced after the last request was written; 0: not known */
	bool requests_agree;   /* the connections show all of its requests */
	int64_t failed_maybe, purged_maybe; /* the broker may have them; UNKNOWN */
	bool written_unseen; /* over TLS: a message in a request may still be in the client */
	bool kernel_unseen;  /* not known what the kernel held at the end of a socket */
	int64_t unwritten;   /* acks=0: reported as done, but not written whole */
	int64_t unwritten_doubtful; /* acks=0: reported as done, not known if written */
	int64_t kernel_bytes;	    /* its sockets' unsent bytes at the end */
	bool kernel_open;      /* acks=0, killed: not known what the kernel held at the end */
	bool may_forget;       /* acks=0: a connection of the producer ended with a reset */
	int64_t kernel_age_ns; /* age of the last sample of that; UNKNOWN: none */
	struct topic *topics;
	size_t topic_count;
	struct error *errors;
	size_t error_count;
	struct call_site *sites; /* those with the greatest loss first */
	size_t site_count;
	struct call_site *made; /* call site of its creation; NULL: not known */
	struct losses losses;	/* findings_raise() */
	enum verdict verdict;
};

struct socket_fill {
	int64_t samples, p50, p99, max; /* in thousandths of the buffer */
};

struct socket {
	uint32_t row;
	int64_t fd, producer; /* index into producers; UNKNOWN */
	uint32_t flags;	      /* enum trace_socket_flag */
	enum trace_socket_state state;
	const char *local, *peer, *broker;
	int64_t buffer_requested, buffer_effective, linger_seconds, connect_error;
	int64_t offered_bytes, accepted_bytes, writes, short_writes, eagain;
	struct socket_fill fill;
	int64_t stalls, stalled_ns, stall_longest_ns;
	int64_t stalled_send_buffer_ns, stalled_receiver_ns, stalled_network_ns;
	int64_t stalled_lowat_ns;	/* by TCP_NOTSENT_LOWAT; UNKNOWN: older trace */
	int64_t stalled_unexplained_ns; /* too short to be sampled, or cut short */
	bool stalled_at_end;		/* the last stall had not ended */
	bool stalled_at_end_unknown;	/* ended in a call that may have been a stall */
	int64_t stalled_share;		/* of the connection's life, in thousandths */
	int64_t rtt_ns, flight_bytes;	/* at the stalls: rate times round trip */
	int64_t eagain_spins, nagle_waits;
	int64_t send_timeout_ns, user_timeout_ns, notsent_lowat; /* UNKNOWN: not set */
	/* The effects of these settings; UNKNOWN: an older trace. */
	int64_t send_timeouts, send_timeout_bytes, cork_waits, cork_held_ns, cork_left_bytes;
	bool send_gave_up;	       /* no byte was accepted after the last timeout */
	int64_t error, error_after_ns; /* errno that ended it; UNKNOWN: none */
	bool timed_out;		       /* TCP gave up; what the kernel held is lost */
	int64_t requests, produce_requests, produce_records, produce_answered;
	int64_t produce_open_requests, produce_open_records; /* whole, unanswered */
	int64_t produce_answered_records, produce_unanswerable_records;
	int64_t produce_unanswerable, produce_refused, produce_error;
	int64_t produce_last_ns, closed_ns, lived_ns;
	bool records_known;
	bool produce_was_last; /* nothing was written after the last whole Produce request */
	bool answers_known;    /* for each answer it is known how many records it was for */
	bool shared;	       /* of one of several producers with one client id */
	bool writing;	       /* at the end a write was in progress, and may have been sent */
	int64_t untold_bytes;  /* accepted after the last request that the client reported;
				* UNKNOWN: it reported none */
	enum trace_socket_end end;
	int64_t unsent_bytes, unread_bytes;
	int64_t unseen_bytes; /* sent by calls that the guest does not see; UNKNOWN */
	bool buffer_forced;   /* by SO_SNDBUFFORCE, which ignores the limit */
	/* The kernel's send queue when it was last sampled, only for acks=0. */
	int64_t queued_bytes, queued_held, queued_age_ns; /* age: before the end */
	bool queue_open; /* killed, and no sample shows that all was sent */
	bool may_forget; /* acks=0: ended with a reset before the peer had read all */
	/* enum kafka_api or another key of the protocol; UNKNOWN: no frame was cut */
	int64_t cut_api, cut_length, cut_accepted;
	bool kept_elsewhere; /* another process has it, too, and may complete an unfinished
			      * frame */
	bool reset;	     /* bytes that were unsent at its end are lost */
	enum verdict verdict;
};

/* How often a broker answered requests of this API with this Kafka error code. */
struct answer {
	int64_t api; /* UNKNOWN: several APIs, for which there was no entry left */
	int32_t code;
	const char *name; /* the error code's name */
	int64_t count;
};

/* An address that the process tried to connect to, or a name that could not be resolved. */
struct peer {
	const char *address; /* "127.0.0.1:9092"; NULL: a name that was not resolved */
	const char *name;    /* "broker.example:9092"; NULL: not known */
	int64_t producer;    /* index; UNKNOWN: it is not known which producer tried */
	uint32_t flags;	     /* enum trace_peer_flag */
	int64_t port;	     /* UNKNOWN */
	int64_t addresses;   /* number of addresses that its name has; 0: not known */
	int64_t begun;
	int64_t ends[TRACE_PEER_ENDS]; /* by enum trace_peer_end */
	int64_t failed, failed_since;  /* in total; since it was last reached */
	int64_t turned_since;	       /* connections turned away since one was let in */
	int64_t let_in;		       /* connections that were let in */
	int64_t alert;		       /* TLS alert of the last one turned away; 0 */
	int64_t waiting_ns; /* at the end, an attempt had been without an answer for so long */
	struct answer answers[TRACE_ANSWERS];
	size_t answer_count;
	int64_t error; /* of the last failure: errno, or EAI_... for a name; UNKNOWN */
};

/* Totals of the process at one instant (a moment); fill UNKNOWN: not sampled. */
struct moment {
	int64_t at_ns; /* CLOCK_MONOTONIC */
	int64_t accepted_bytes, produced, settled, delivered, stalled_ns, requests;
	int64_t fill_max; /* since the moment before, in thousandths */
};

enum end_how {
	ENDED_UNKNOWN,
	ENDED_EXIT,
	ENDED_UNDERSCORE_EXIT,
	ENDED_ABORT,
	ENDED_SIGNAL,
	ENDED_EXEC,
	ENDED_VANISHED,
	ENDED_RUNNING,
};

/*
 * What identifies a fault in another run, process, machine or build (room
 * signature): its parts, and a short name made from them. Two faults are the
 * same if all parts are equal; the digits may, rarely, be equal for different
 * faults.
 */
#define SIGNATURE_DIGITS 12
#define SIGNATURE_FUNCTIONS 2
struct signature {
	char digits[SIGNATURE_DIGITS + 1]; /* 0 to 9, a to f */
	const char *family;		   /* the finding's id, or "waiting" */
	const char *program;		   /* program_name() */
	/* The innermost functions of the user's own code, with the base names of their files;
	 * NULL: there is none, or its file is not known. */
	const char *functions[SIGNATURE_FUNCTIONS], *files[SIGNATURE_FUNCTIONS];
	const char *topic; /* plain_topic(); "*": several; NULL: none */
	bool unstable;	   /* a function is an address, which differs in the next build */
};

struct evidence {
	const char *name;
	int64_t value;
};
#define FINDING_EVIDENCE 8

struct finding {
	const char *id;
	enum verdict verdict;
	int64_t producer, socket; /* indexes; UNKNOWN */
	const char *text;	  /* what happened and what it means */
	const char *change;	  /* the change, in a few words */
	const char *fix;	  /* the change, in full */
	/* The language and client that change and fix are worded for (judge/language.h; the
	 * client may be a framework, frameworks.def); C if that is not known. */
	const char *worded_language, *worded_client;
	/* How many of the finding's messages that did not arrive came from the site, at least;
	 * 0: not known. */
	int64_t blamed, blamed_of;
	bool blamed_exact;
	struct evidence evidence[FINDING_EVIDENCE];
	const struct call_site *site; /* the producer's site with the most of these messages */
	size_t evidence_count;
	size_t *peers; /* indexes of the process's peers that it names */
	size_t peer_count;
	const struct signature *signature;
	const char *known; /* the policy's reason if it is a known case; else NULL */
	bool is_cause;	   /* it caused the others: to be changed first */
};

struct library {
	const char *version, *path;
	enum trace_linkage linkage;
};

/* A client in an interpreted language that was found in the process. */
struct runtime_client {
	const char *name, *version; /* NULL: unknown */
	bool probed;
};

/* Answers that `run --prove` withheld from the process. */
struct withheld {
	int64_t patience_ns; /* how long each was withheld, unless something ended that
			      * earlier; UNKNOWN: it had no connection through the relay */
	int64_t holds, held_ns;
	int64_t by_wait, by_time, by_end; /* number of holds, by what ended them */
	bool shortened; /* the limit on the total time was reached: later ones were shorter */
};

struct process {
	const char *trace; /* path, escaped; NULL: it left no trace */
	const char *path;  /* path for find_open(): any bytes, must not be printed */
	int64_t pid, ppid;
	const char *exe;
	const char **argv;
	size_t argc;
	/* The name of its program (room signature): never NULL after findings_raise(). */
	const char *program;
	int64_t end_thread; /* thread that ended the process; UNKNOWN */
	int64_t start_realtime_ns, duration_ns;
	int64_t trace_start_ns; /* CLOCK_MONOTONIC of time 0 in `dump` */
	enum end_how how;
	enum trace_how recorded; /* how the guest recorded its end */
	uint64_t start_ticks;
	size_t image_before; /* build/exec_chain.c: the next process in its chain */
	int64_t status, signal;
	int64_t end_ns; /* CLOCK_MONOTONIC, UNKNOWN */
	uint32_t notes; /* enum trace_note */
	const char *silent_reason, *redirected_to;
	int64_t redirected_connects;
	struct library *libraries;
	size_t library_count;
	const char *python_version; /* NULL: no usable interpreter */
	struct runtime_client *python_clients;
	size_t python_client_count;
	const char *jvm_version; /* NULL: no JVM with a Java client */
	struct runtime_client *jvm_clients;
	size_t jvm_client_count;
	struct producer *producers;
	size_t producer_count;
	struct socket *sockets;
	size_t socket_count;
	struct peer *peers;
	size_t peer_count;
	struct large_message *large; /* the slowest large messages, slowest first */
	size_t large_count;
	int64_t dropped_peers;	  /* peers without a row */
	struct finding *findings; /* worst first */
	size_t finding_count;
	const struct fault *faults;
	size_t fault_count;
	bool damaged; /* a part that the verdict depends on could not be read */
	int64_t dropped_events;
	int64_t dropped_rows;	 /* producers, topics, cells and sockets without a row */
	int64_t dropped_sockets; /* of those, sockets */
	int64_t sends_unseen;
	int64_t inside_send; /* given to a client that had not accepted them at the end */
	int64_t recycled_sockets;
	struct moment *moments; /* in order of time */
	size_t moment_count;
	int64_t series_width_ns; /* between two moments; UNKNOWN: no series */
	int64_t send_buffer_max; /* the kernel's limit for its size */
	bool shim_loaded, librdkafka_static;
	const char *unserved;	 /* why the embedded broker could not serve a client; NULL */
	const char *doubt;	 /* why the traces of its run cannot be trusted; NULL */
	const char *cannot_load; /* follows "because"; NULL: not known */
	const char *suspicion;	 /* why it may have produced although not loaded: a sentence */
	int64_t traced_ns;	 /* CLOCK_MONOTONIC when its trace was made */
	bool waiting;		 /* a call that waits for messages had not returned */
	bool proves;		 /* it ran under `run --prove` */
	bool proof_broke;	 /* the relay ended too early, or had no room */
	struct withheld withheld;
	bool judged;	      /* it used Kafka, or should have been seen to */
	struct losses losses; /* findings_raise() */
	enum verdict verdict;
};

/* The line with the greatest certain loss, over all processes. */
struct where {
	const struct process *process; /* the process with most of it; NULL: not known */
	const struct producer *producer;
	const struct call_site *site;
	int64_t messages; /* at least; all of them if `exact` */
	bool exact;
};

/*
 * All processes and producers with one signature, that is one fault. A producer
 * is in the group of its worst finding; a process without a producer whose
 * finding is that bad is in the group of the process's worst finding. So no
 * loss is in two groups, and the sum over groups is the run's loss.
 */
struct group {
	const struct signature *signature;
	const struct finding
		*finding; /* of the process that lost most: for the place and the change */
	const struct process *process; /* that process */
	enum verdict verdict;	       /* the worst of its findings */
	struct losses losses;
	size_t process_count;
	int64_t first_ns, last_ns; /* CLOCK_REALTIME: ends of its processes; UNKNOWN */
};

/* The numbers in a table's row: messages and processes. */
struct row_numbers {
	int64_t produced;	   /* UNKNOWN: also if the table has no such column */
	int64_t certain, possible; /* see struct losses */
	int64_t processes;
	int64_t first_ns, last_ns; /* see struct group */
};

/* A table over all processes by one key (room choose); NULL in a run without one. The rows and
 * the rest together are the sums over all producers. */
struct by_table {
	const char *key; /* "topic" */
	struct by_row {
		const char *name; /* "orders" */
		struct row_numbers numbers;
	} * rows;
	size_t count;
	bool has_rest;
	struct row_numbers rest; /* messages whose row is not known */
};

/* The order of a table's rows; ROWS_BY_BADNESS: the order in which they are made. */
enum rows_order {
	ROWS_BY_BADNESS,
	ROWS_BY_LOST,
	ROWS_BY_POSSIBLE,
	ROWS_BY_PRODUCED,
	ROWS_BY_PROCESSES,
	ROWS_BY_FIRST,
	ROWS_BY_LAST,
};

struct run {
	struct process *processes;
	size_t process_count;
	int64_t copies;	    /* traces that were skipped: copies of another one */
	struct tally tally; /* sum over all producers */
	struct losses losses;
	struct where where;
	struct group *groups; /* the worst first; findings_raise() */
	size_t group_count;
	struct by_table *by;	  /* NULL: none */
	enum rows_order order;	  /* order of the rows in the text report's tables */
	size_t listed;		  /* how many rows are listed; 0: the default */
	size_t left_out;	  /* processes that were not chosen (room choose) */
	size_t without_kafka;	  /* processes that do not count: judge_run() */
	struct not_mine not_mine; /* the caller's; set before judge_run() */
	enum verdict verdict;
	bool known; /* accepted by the policy: all faults that would fail are known cases */
	/* If `ruled`, the user's policy: bits (1 << verdict) of the verdicts that it accepts,
	 * and whether it accepts that no Kafka was seen. */
	bool ruled, passes_unseen;
	unsigned passes;
	bool lets_pass; /* the run as a whole is accepted */
	bool broker_errors_fail;
	struct block *memory;
	size_t *images; /* build/exec_chain.c: heads of chains of processes, by index */
	size_t image_places;
};

void *model_alloc(struct run *run, size_t bytes); /* zeroed; never NULL */
const char *model_format(struct run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Makes printable UTF-8 from any bytes; NULL stays NULL. */
const char *model_text(struct run *run, const char *bytes, size_t length);
void model_free(struct run *run);

/* Whether the guest counts this client by replacing the client's own methods, and so knows of
 * its requests only what the connections show. */
static inline bool client_is_python(enum trace_client client)
{
	return client == CLIENT_KAFKA_PYTHON || client == CLIENT_AIOKAFKA;
}

/* Whether a Produce request was left unfinished, at least by this process. */
static inline bool socket_cut_produce(const struct socket *socket)
{
	return socket->cut_length != UNKNOWN && socket->cut_api == KAFKA_API_PRODUCE;
}

/* Whether the cause of at least one stall is known. */
static inline bool socket_stalls_told(const struct socket *socket)
{
	return socket->stalls == 0 || socket->stalled_send_buffer_ns ||
	       socket->stalled_receiver_ns || socket->stalled_network_ns ||
	       socket->stalled_lowat_ns > 0;
}

/* `ns` as a share of the connection's life, in thousandths, rounded down; UNKNOWN: not known.
 */
static inline int64_t socket_share(const struct socket *socket, int64_t ns)
{
	if (ns == UNKNOWN || socket->lived_ns == UNKNOWN || socket->lived_ns <= 0 ||
	    ns > socket->lived_ns)
		return UNKNOWN;
	return (int64_t)((double)ns * 1000 / (double)socket->lived_ns);
}

const char *amount_name(enum amount amount);
void tally_add(struct tally *sum, const struct tally *more);

#endif
