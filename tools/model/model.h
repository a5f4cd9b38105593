/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - structs for everything that a report says.
 *
 * build_*.c fill them from traces, judge/judge.c adds verdicts, judge/findings.c findings,
 * render_*.c print them. Renderers have no other source, so text and JSON cannot disagree.
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

/* The ends a message can come to, and its stations; in the order of the JSON. */
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

/* Whose code a frame is (origin.h), the code of the report's reader first. */
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
	int line; /* 0 unknown */
	const char *module;
	int64_t offset;
	enum origin origin; /* origin_mark() */
};

/* Patterns of code that the user calls not theirs (--not-mine), beyond origin.def's (origin.h).
 */
struct not_mine {
	const char *const *items;
	size_t count;
};

struct call_site {
	enum trace_language language;
	struct frame *frames; /* innermost first; inlined functions have frames of their own */
	size_t depth;
	size_t place; /* the frame that a report names: origin_mark() */
	int64_t produced, rejected, outstanding, failed, purged;
	int64_t unwritable;   /* outstanding, and too new to be in a request; 0 not known */
	int64_t unsent_least; /* of them, at least so many are unsent, */
	int64_t unsent_most;  /* and at most so many; UNKNOWN */
	/* Of its messages, at least so many certainly did not arrive: of the outstanding, and
	 * of all. findings_raise() */
	int64_t outstanding_lost, lost_least;
	int64_t possible_least; /* of those that possibly did not, at least so many are its */
	uint32_t row;		/* of SECTION_SITE */
};

/*
 * Messages that did not arrive and of which the program was not told: at least `certain`, at
 * most `certain` plus `possible`. The two are never printed as a sum. UNKNOWN: it cannot be
 * said.
 */
struct losses {
	int64_t certain, possible;
	int64_t certain_bytes, possible_bytes;
};

struct topic {
	const char *name;
	int64_t partition; /* UNKNOWN: the whole topic */
	struct tally tally;
	/* How many of the producer's certain and possible losses are the whole topic's, at
	 * least. findings_raise() */
	int64_t lost_least, possible_least;
};

struct error {
	int32_t code;
	const char *name;
	bool rejected;	/* else failed */
	uint32_t entry; /* of trace_producer.errors */
	int64_t messages;
	int64_t retried; /* of rejected ones: tried again; UNKNOWN */
};

struct setting {
	const char *key, *value;
};

/* Failed or purged messages by who was told. A binding: it is not known whether that told the
 * application. */
struct told {
	int64_t application, binding, nobody;
};

/* What the guest recorded of waits; judge/waits.c judges it. The numbers say how many messages
 * had been produced when the event happened. */
struct waits {
	bool known; /* false: an older trace, or another client: only the first two are set */
	enum trace_waited_by by;
	int64_t waited_for; /* by a call that waits */
	int64_t reports_served;
	int64_t reports_waited; /* the last report was served in a call that could block */
	int64_t reports_other;	/* or in another way, */
	enum trace_report_how other_how;
	int64_t other_thread; /* on this thread */
	int64_t unproven_for, unproven_thread;
	int64_t bound_ms; /* of the wait that was enough; -1 none was given; UNKNOWN */
};

enum waited {
	WAITED_NO,
	WAITED_UNPROVEN, /* in a way that does not show it */
	WAITED_YES,
};

/*
 * confluent-kafka-go's ProduceChannel(): a channel in front of the client. A goroutine of the
 * library's takes messages out of it and produces them. Nobody sees what lies in it.
 */
enum channel {
	CHANNEL_NONE,	  /* it is not used: by this producer, or at all */
	CHANNEL_USED,	  /* messages came from it */
	CHANNEL_POSSIBLE, /* no message shows whether they did, and the program has it */
	CHANNEL_UNKNOWN,  /* nor can be read whether the program has it */
};

/* What `run --prove` adds to a producer: answers to its Produce requests were withheld. */
struct proof {
	int64_t gave_up_for;   /* produced, when a wait of its own last gave up */
	int64_t withheld_ns;   /* its last answer was withheld for so long before it was let
				* through, and not because of a wait; UNKNOWN: it was not */
	bool at_end, at_purge; /* answers were withheld when a connection of its own ended, or
				* when it was purged */
	/* judge_run(). cut: the program did not wait for messages under way. outlasted: nothing
	 * else shows that it waited, but it ran until its last answer was let through. */
	bool cut, outlasted;
};

/* Where the time of one large message went. Times are CLOCK_MONOTONIC; UNKNOWN: it was not
 * reached, or not seen. */
struct large_message {
	int64_t producer;	      /* index */
	const struct call_site *site; /* NULL: not known */
	int64_t bytes;
	int64_t send_ns, send_cpu_ns;	/* inside send(), and the processor time of it */
	int64_t build_ns, build_cpu_ns; /* its client encoded its batch */
	/* send() to the first byte of its request, that to the last one, that to the answer. */
	int64_t before_ns, writing_ns, answering_ns;
	int64_t took_ns; /* send() to where the client called it done */
};

/* The sums of all large messages of a producer; `messages` UNKNOWN: the shim does not record
 * them for its client, or the trace is older. */
struct stages {
	int64_t messages, bytes;
	int64_t send_ns,
		send_cpu_ns; /* UNKNOWN: no send() was timed (aiokafka's is a coroutine) */
	int64_t built_bytes, build_ns, build_cpu_ns;
	int64_t offered, before_ns, before_max_ns;
	int64_t written, writing_ns;
	int64_t answered, answering_ns;
};

/* How long something took each time; `count` 0: not known, nor are the times. */
struct spans {
	int64_t count, mean_ns, max_ns;
};

struct producer {
	uint32_t row;
	enum trace_client client;
	enum trace_binding binding; /* BINDING_NONE: none is known */
	enum trace_producer_state state;
	uint32_t flags; /* enum trace_producer_flag */
	const char *name, *client_id, *version;
	const struct setting *settings; /* as its client names them; NULL unknown */
	size_t setting_count;
	int64_t acks; /* -1 all */
	struct tally tally;
	int64_t dropped; /* of the outstanding: given up by destroy */
	int64_t reports_unserved;
	struct told failed_told, purged_told;
	struct waits waits;
	enum waited waited; /* judge_run() */
	struct proof proof;
	enum channel channel;
	int64_t channel_messages; /* so many came from it, by their call sites */
	bool channel_open;	  /* judge_run(): nothing shows that it was empty at the end */
	int64_t flush_calls, flush_timeouts, flush_waited_ns;
	int64_t blocked_ns;	/* inside produce, because it was asked to wait */
	int64_t flush_result;	/* of the last; UNKNOWN when there was none */
	bool flush_was_last;	/* nothing was produced after the last flush */
	bool in_flush;		/* the last one had not returned at the end */
	int64_t flush_began_ns; /* of that one; UNKNOWN */
	int64_t flush_left;	/* flushes that an exception, or a callback in them, has left */
	uint32_t flush_left_how; /* the last one: enum trace_flush_left */
	uint32_t close_left_how; /* of a close that was left so */
	int64_t purge_calls;
	int64_t purges_own, purges_late, purges_wrapper; /* 0 in an older trace */
	int64_t purge_found;	  /* outstanding, when a wrapper's own purge was called */
	int64_t rejected_retried; /* UNKNOWN: some refusals were lost sight of */
	int64_t refused_lost_sight;
	int64_t refused_open;  /* not tried again for certain */
	int64_t refused_alike; /* tried again, or it was another, equal one */
	int64_t latency_p50_ns, latency_p99_ns, latency_max_ns;
	/* The broker's part of that, by its requests: from the last byte of each to its answer.
	 * UNKNOWN: no frame of its connections could be read. */
	int64_t answer_p50_ns, answer_p99_ns, answer_max_ns;
	/* Before that: batches in the client, by their oldest messages, until the first byte
	 * of a request; and requests from their first bytes to their last. */
	struct spans queue_spans, writing_spans;
	struct stages stages;
	bool transaction_open;
	int64_t transaction_messages;		      /* produced in the open one */
	int64_t aborted_messages, committed_messages; /* aborted; committed after that */
	int32_t transaction_error, fatal_error;	      /* rd_kafka_resp_err_t; 0 none */
	enum trace_transaction_call transaction_call; /* which returned transaction_error */
	bool committing;			      /* at the end: called, and not back */
	int64_t transactions_committed, transactions_aborted;
	int64_t requests_sent, requests_answered;
	bool writing;		 /* it may have written one request more than it has told of */
	bool shares_connections; /* with others of its client id: which is whose is not known */
	bool reset;	       /* the messages in flight were on a connection that was reset */
	int64_t dropped_least; /* how many of them the peer did not get whole, at least */
	int64_t unwritable;    /* produced after the last request was written; 0 not known */
	bool requests_agree;   /* the wire shows all of its requests */
	int64_t failed_maybe, purged_maybe; /* the broker may have them; UNKNOWN */
	bool written_unseen; /* over TLS: what entered requests may be in the client still */
	bool kernel_unseen;  /* what the kernel held at the end of one of its sockets */
	int64_t unwritten;   /* acks=0: called done by the client, and never written whole, */
	int64_t unwritten_doubtful; /* or of so many it was not seen */
	int64_t kernel_bytes;	    /* its sockets' unsent bytes at the end */
	bool kernel_open; /* acks=0, killed: what the kernel held at the end is not known */
	bool may_forget;  /* acks=0: a connection of its own ended as a reset */
	int64_t kernel_age_ns; /* so old is the last sample of that; UNKNOWN: there is none */
	struct topic *topics;
	size_t topic_count;
	struct error *errors;
	size_t error_count;
	struct call_site *sites; /* those that lost most first */
	size_t site_count;
	struct call_site *made; /* where it was made; NULL: not known */
	struct losses losses;	/* findings_raise() */
	enum verdict verdict;
};

struct socket_fill {
	int64_t samples, p50, p99, max; /* in thousandths of the buffer */
};

struct socket {
	uint32_t row;
	int64_t fd, producer; /* index into producers, UNKNOWN */
	uint32_t flags;	      /* enum trace_socket_flag */
	enum trace_socket_state state;
	const char *local, *peer, *broker;
	int64_t buffer_requested, buffer_effective, linger_seconds, connect_error;
	int64_t offered_bytes, accepted_bytes, writes, short_writes, eagain;
	struct socket_fill fill;
	int64_t stalls, stalled_ns, stall_longest_ns;
	int64_t stalled_send_buffer_ns, stalled_receiver_ns, stalled_network_ns;
	int64_t stalled_lowat_ns;	/* by TCP_NOTSENT_LOWAT; UNKNOWN: an older trace */
	int64_t stalled_unexplained_ns; /* too short to look into, or cut short */
	bool stalled_at_end;		/* the last one was still going on */
	bool stalled_at_end_unknown;  /* died in a call that may have been one, at some time */
	int64_t stalled_share;	      /* of the connection's life, in thousandths */
	int64_t rtt_ns, flight_bytes; /* at the stalls: rate times round trip */
	int64_t eagain_spins, nagle_waits;
	int64_t send_timeout_ns, user_timeout_ns, notsent_lowat; /* UNKNOWN: not set */
	/* What settings led to; UNKNOWN: an older trace. */
	int64_t send_timeouts, send_timeout_bytes, cork_waits, cork_held_ns, cork_left_bytes;
	bool send_gave_up;	       /* nothing was taken after the last of the timeouts */
	int64_t error, error_after_ns; /* errno that ended it; UNKNOWN: none was met */
	bool timed_out;		       /* TCP gave it up, and what it held is gone */
	int64_t requests, produce_requests, produce_records, produce_answered;
	int64_t produce_open_requests, produce_open_records; /* whole, unanswered */
	int64_t produce_answered_records, produce_unanswerable_records;
	int64_t produce_unanswerable, produce_refused, produce_error;
	int64_t produce_last_ns, closed_ns, lived_ns;
	bool records_known;
	bool produce_was_last; /* nothing was written after the last whole Produce request */
	bool answers_known;    /* of every answer it is known how many records it was for */
	bool shared;	       /* of one of several producers, who have one client id */
	bool writing;	       /* a write was under way at the end: it may have gone out */
	int64_t untold_bytes;  /* taken after the last request that the client has told of;
				* UNKNOWN: it never told of one */
	enum trace_socket_end end;
	int64_t unsent_bytes, unread_bytes;
	int64_t unseen_bytes; /* that TCP took past every call we see; UNKNOWN */
	bool buffer_forced;   /* by SO_SNDBUFFORCE, which no limit caps */
	/* The kernel's queue when last sampled, if it was; only of acks=0. */
	int64_t queued_bytes, queued_held, queued_age_ns; /* before the end */
	bool queue_open; /* it was killed, and no sample shows that all was sent */
	bool may_forget; /* acks=0: its end was a reset, and not all was read by the peer */
	/* enum kafka_api or another key of the protocol; UNKNOWN: no frame was cut */
	int64_t cut_api, cut_length, cut_accepted;
	bool kept_elsewhere; /* another process may go on with it, and with an unfinished frame
			      */
	bool reset;	     /* what was unsent at its end has been dropped */
	enum verdict verdict;
};

/* How often a broker has answered requests for this API with this error of Kafka's. */
struct answer {
	int64_t api; /* UNKNOWN: several, for which there was no entry left */
	int32_t code;
	const char *name; /* of the code */
	int64_t count;
};

/* An address that the process tried to connect to, or a name that was not found. */
struct peer {
	const char *address; /* "127.0.0.1:9092"; NULL of a name */
	const char *name;    /* "broker.example:9092"; NULL: not known */
	int64_t producer;    /* index; UNKNOWN: it is not known whose attempts these were */
	uint32_t flags;	     /* enum trace_peer_flag */
	int64_t port;	     /* UNKNOWN */
	int64_t addresses;   /* that its name has; 0 not known */
	int64_t begun;
	int64_t ends[TRACE_PEER_ENDS]; /* by enum trace_peer_end */
	int64_t failed, failed_since;  /* ever; since it was reached last */
	int64_t turned_since;	       /* connections turned away since one was let in */
	int64_t let_in;		       /* connections that were */
	int64_t alert;		       /* of TLS, of the last that was turned away by one; 0 */
	int64_t waiting_ns; /* an attempt went without an answer for so long at the end */
	struct answer answers[TRACE_ANSWERS];
	size_t answer_count;
	int64_t error; /* errno, or EAI_... of a name, of the last that failed; UNKNOWN */
};

/* Totals of the process at a border in time (a moment); UNKNOWN fill: not sampled. */
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
 * By what a fault is recognised in another run, process, machine or build (room signature):
 * the parts, and a short name made from them. Two faults are the same if all parts are equal;
 * the digits may, rarely, be equal for different faults.
 */
#define SIGNATURE_DIGITS 12
#define SIGNATURE_FUNCTIONS 2
struct signature {
	char digits[SIGNATURE_DIGITS + 1]; /* 0 to 9, a to f */
	const char *family;		   /* the finding's id, or "waiting" */
	const char *program;		   /* program_name() */
	/* The innermost of the user's own code, with the base names of their files; NULL: there
	 * is none, or its file is not known. */
	const char *functions[SIGNATURE_FUNCTIONS], *files[SIGNATURE_FUNCTIONS];
	const char *topic; /* plain_topic(); "*" several; NULL none */
	bool unstable;	   /* a function is an address: the next build has another one */
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
	 * client may be a framework, frameworks.def); C where that is not known. */
	const char *worded_language, *worded_client;
	/* How many of the finding's messages that never arrived came from the site, at least;
	 * 0: not known. */
	int64_t blamed, blamed_of;
	bool blamed_exact;
	struct evidence evidence[FINDING_EVIDENCE];
	const struct call_site *site; /* of the producer, that most of it came from */
	size_t evidence_count;
	size_t *peers; /* indexes into the process's: those that it names */
	size_t peer_count;
	const struct signature *signature;
	const char *known; /* the policy's reason, if it is a known case; else NULL */
	bool is_cause;	   /* it caused the others, and is to be changed first */
};

struct library {
	const char *version, *path;
	enum trace_linkage linkage;
};

/* A client written in an interpreted language, as it was found in the process. */
struct runtime_client {
	const char *name, *version; /* NULL unknown */
	bool probed;
};

/* Answers that `run --prove` withheld from the process. */
struct withheld {
	int64_t patience_ns; /* each for so long, if nothing ended that before; UNKNOWN: it had
			      * no connection through the relay */
	int64_t holds, held_ns;
	int64_t by_wait, by_time, by_end; /* of them, by what ended that */
	bool shortened; /* all that it may last was used up: later ones were withheld less */
};

struct process {
	const char *trace; /* path; NULL: it left none, */
	const char *path;  /* and as find_open() takes it, any bytes: never to be printed */
	int64_t pid, ppid;
	const char *exe;
	const char **argv;
	size_t argc;
	/* The name of its program, as its author would call it (room signature): never NULL
	 * after findings_raise(). */
	const char *program;
	int64_t end_thread; /* tid; UNKNOWN */
	int64_t start_realtime_ns, duration_ns;
	int64_t trace_start_ns; /* CLOCK_MONOTONIC of time 0 in `dump` */
	enum end_how how;
	enum trace_how recorded; /* by the guest itself */
	uint64_t start_ticks;
	size_t image_before; /* build/exec_chain.c: the next in its chain */
	int64_t status, signal;
	int64_t end_ns; /* CLOCK_MONOTONIC, UNKNOWN */
	uint32_t notes; /* enum trace_note */
	const char *silent_reason, *redirected_to;
	int64_t redirected_connects;
	struct library *libraries;
	size_t library_count;
	const char *python_version; /* NULL: no interpreter was of use */
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
	struct large_message *large; /* the slowest large messages, the slowest first */
	size_t large_count;
	int64_t dropped_peers;	  /* of which nothing is known */
	struct finding *findings; /* worst first */
	size_t finding_count;
	const struct fault *faults;
	size_t fault_count;
	bool damaged; /* a part that verdicts need could not be read */
	int64_t dropped_events;
	int64_t dropped_rows;	 /* producers, topics, cells and sockets that found no row */
	int64_t dropped_sockets; /* of those */
	int64_t sends_unseen;
	int64_t inside_send; /* handed to a client that had not taken them yet at the end */
	int64_t recycled_sockets;
	struct moment *moments; /* in order of time */
	size_t moment_count;
	int64_t series_width_ns; /* between two borders; UNKNOWN: no series */
	int64_t send_buffer_max; /* to where the kernel may grow one */
	bool shim_loaded, librdkafka_static;
	const char *unserved;	 /* that the embedded broker could not serve a client; NULL */
	const char *doubt;	 /* why the traces of its run cannot be relied upon; NULL */
	const char *cannot_load; /* words that follow "because"; NULL: not known */
	const char *suspicion;	 /* why one that was not loaded may have produced: a sentence */
	int64_t traced_ns;	 /* CLOCK_MONOTONIC when its trace was made */
	bool waiting;		 /* a call that waits for messages was under way at the end */
	bool proves;		 /* under `run --prove`, */
	bool proof_broke;	 /* and its relay ended too early, or had no room */
	struct withheld withheld;
	bool judged;	      /* it touched Kafka, or should have been seen to */
	struct losses losses; /* findings_raise() */
	enum verdict verdict;
};

/* The line that lost most of what certainly did not arrive, over all processes. */
struct where {
	const struct process *process; /* the one that lost most of it; NULL: not known */
	const struct producer *producer;
	const struct call_site *site;
	int64_t messages; /* at least; all of them if `exact` */
	bool exact;
};

/*
 * One signature, that is one fault, in all processes and producers that have it. A producer is
 * in the group of its worst finding; a process of which no producer has so bad a finding is in
 * the group of its own worst. So no loss is in two groups, and together they are the run's.
 */
struct group {
	const struct signature *signature;
	const struct finding
		*finding; /* of the process that lost most: where, and the change */
	const struct process *process; /* that one */
	enum verdict verdict;	       /* the worst of its findings */
	struct losses losses;
	size_t process_count;
	int64_t first_ns, last_ns; /* CLOCK_REALTIME: its processes ended then; UNKNOWN */
};

/* The numbers of a row of a table: messages and processes. */
struct row_numbers {
	int64_t produced;	   /* UNKNOWN: the table has no such column, too */
	int64_t certain, possible; /* as losses */
	int64_t processes;
	int64_t first_ns, last_ns; /* as group */
};

/* A table over all processes by one key (room choose); NULL in a run: none was asked for. All
 * its rows and the rest together are the sums over all producers. */
struct by_table {
	const char *key; /* "topic" */
	struct by_row {
		const char *name; /* "orders" */
		struct row_numbers numbers;
	} * rows;
	size_t count;
	bool has_rest;
	struct row_numbers rest; /* whose row is not known */
};

/* By what the rows of a table are ordered; ROWS_BY_BADNESS: as they are made. */
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
	int64_t copies;	    /* traces that were passed over: of a process that is there */
	struct tally tally; /* summed over all producers */
	struct losses losses;
	struct where where;
	struct group *groups; /* the worst first; findings_raise() */
	size_t group_count;
	struct by_table *by;	  /* NULL: none */
	enum rows_order order;	  /* of the rows of a text's tables, */
	size_t listed;		  /* of which so many are listed; 0: as many as is usual */
	size_t left_out;	  /* processes that were not chosen (room choose) */
	size_t without_kafka;	  /* processes that count for nothing: judge_run() */
	struct not_mine not_mine; /* the caller's; set before judge_run() */
	enum verdict verdict;
	bool known; /* the caller's policy lets it pass: all that would fail are known cases */
	/* The caller's policy, if `ruled`: bits (1 << verdict) of what it lets pass, and
	 * whether it lets pass that no Kafka was seen. */
	bool ruled, passes_unseen;
	unsigned passes;
	bool lets_pass; /* the run as a whole */
	bool broker_errors_fail;
	struct block *memory;
	size_t *images; /* build/exec_chain.c: heads of chains of processes, by index */
	size_t image_places;
};

void *model_alloc(struct run *run, size_t bytes); /* zeroed; never NULL */
const char *model_format(struct run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Printable UTF-8 from any bytes; NULL stays NULL. */
const char *model_text(struct run *run, const char *bytes, size_t length);
void model_free(struct run *run);

/* Whether the guest counted for a client by standing in for its own methods, and
 * so knows nothing of its requests but what the wire shows. */
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
