/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_producer.h - producers, and how many of their messages were sent, delivered, failed.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_PRODUCER_H
#define UNFLUSHED_FORMAT_PRODUCER_H

#include "format/format_word.h"

enum trace_client {
	CLIENT_LIBRDKAFKA = 1,
	CLIENT_KAFKA_PYTHON = 2,
	CLIENT_KAFKA_CLIENTS = 3,
	CLIENT_WIRE = 4,
	CLIENT_AIOKAFKA = 5,
};

enum trace_producer_state {
	PRODUCER_FREE = 0,
	PRODUCER_OPEN = 1,
	PRODUCER_DESTROYING = 2,
	PRODUCER_DESTROYED = 3,
	PRODUCER_REFUSED = 4, /* rd_kafka_new failed after on_new: ignore */
};

enum trace_producer_flag {
	PRODUCER_TRANSACTIONAL = 1 << 0,
	PRODUCER_IDEMPOTENT = 1 << 1,
	PRODUCER_REPORTS = 1 << 2,	  /* delivery reports are asked for */
	PRODUCER_REPORTS_ERRORS = 1 << 3, /* delivery.report.only.error */
	PRODUCER_REPORTS_EVENTS = 1 << 4, /* as RD_KAFKA_EVENT_DR */
	PRODUCER_INHERITED = 1 << 5,	  /* handle made by the parent before fork */
	PRODUCER_OVERFLOW = 1 << 6,	  /* the row of all producers without their own */
	PRODUCER_IN_TRANSACTION = 1 << 7,
	PRODUCER_DESTROYED_IMMEDIATELY = 1 << 8, /* RD_KAFKA_DESTROY_F_IMMEDIATE */
	PRODUCER_SITES_INEXACT = 1 << 9, /* the ends of its messages are not known per site */
	PRODUCER_WAITS_UNSEEN = 1 << 11, /* its calls of flush and poll are not seen */
	PRODUCER_ASYNCIO =
		1 << 12, /* confluent-kafka's AIOProducer, which holds messages, too */
	PRODUCER_HELD_UNSEEN = 1 << 13, /* messages that AIOProducer holds are not counted */
	/* The guest knows which connections are the producer's, and counts the messages that
	 * are put into its requests. */
	PRODUCER_REQUESTS = 1 << 14,
	PRODUCER_WRITES = 1 << 15,	  /* with acks=0, requested_written is counted */
	PRODUCER_SLOW_CHECKSUM = 1 << 16, /* its client computes CRC-32C in Python */
};

/* What satisfied the wait that `waited_for` records. */
enum trace_waited_by {
	WAITED_NOT = 0,
	WAITED_FLUSH = 1,
	WAITED_OUTQ_LEN = 2,
	WAITED_PURGE = 3, /* a purge, which is no wait; older traces: or an abort */
	WAITED_COMMIT = 4,
	WAITED_CLOSE = 5,
	WAITED_GET = 6,
	WAITED_ABORT = 7, /* abort_transaction returned no error */
};

/*
 * The law: produced = SENT - UNROLLED, and
 * produced = DELIVERED + UNCONFIRMED + FAILED + PURGED + outstanding.
 * Outstanding is never stored: it is what the others leave over. SENT is
 * counted before the client can send the message, the others after, so
 * outstanding is never negative. DROPPED messages (given up by destroy) are
 * a part of outstanding.
 */
enum trace_count {
	COUNT_SENT = 0,	    /* on_send */
	COUNT_UNROLLED = 1, /* on_send, then refused after all: in REJECTED too */
	COUNT_DELIVERED = 2,
	COUNT_UNCONFIRMED = 3,
	COUNT_FAILED = 4,
	COUNT_PURGED = 5,
	COUNT_DROPPED = 6,
	COUNT_REJECTED = 7,
};
#define TRACE_COUNTS 8

struct trace_counts {
	uint64_t messages[TRACE_COUNTS];
	uint64_t bytes[TRACE_COUNTS]; /* key plus value */
};

struct trace_error {
	int32_t code;	/* rd_kafka_resp_err_t; 0 = unused entry */
	uint32_t count; /* enum trace_count: COUNT_FAILED or COUNT_REJECTED */
	uint64_t messages;
};
#define TRACE_ERRORS 12 /* the last one collects what found no entry: code 1 << 30 */
#define TRACE_ERROR_OTHER (1 << 30)

/*
 * Log-linear histogram of microseconds: four buckets to the octave, so a
 * percentile is right to a quarter. Bucket of v: 0..3 hold 0..3; else
 * 4 * (exponent - 1) + the two bits below the leading one.
 */
#define TRACE_HISTOGRAM 124

static inline unsigned trace_bucket(uint64_t value)
{
	if (value < 4)
		return (unsigned)value;
	unsigned exponent = 63u - (unsigned)__builtin_clzll(value);
	unsigned bucket = 4 * (exponent - 1) + (unsigned)((value >> (exponent - 2)) & 3);
	return bucket < TRACE_HISTOGRAM ? bucket : TRACE_HISTOGRAM - 1;
}

/* The smallest value of a bucket. */
static inline uint64_t trace_bucket_floor(unsigned bucket)
{
	if (bucket < 4)
		return bucket;
	return (uint64_t)(4 + bucket % 4) << (bucket / 4 - 1);
}

struct trace_producer {
	uint32_t state;	  /* enum trace_producer_state */
	uint32_t client;  /* enum trace_client */
	uint32_t flags;	  /* bits of enum trace_producer_flag */
	uint32_t library; /* row of SECTION_LIBRARY plus 1; 0 unknown */
	trace_string name;
	trace_string client_id;
	trace_string configuration; /* "key=value" lines, secrets left out */
	int32_t acks;		    /* -1 all; TRACE_UNKNOWN */

	int64_t opened_ns;
	int64_t destroy_began_ns; /* 0 = not called */
	int64_t destroyed_ns;
	uint64_t waited_for;  /* messages produced when the last wait was satisfied */
	uint32_t waited_by;   /* enum trace_waited_by */
	int32_t flush_result; /* of the last call; TRACE_UNKNOWN before */

	uint64_t flush_calls;
	uint64_t flush_timeouts;
	uint64_t flush_waited_ns;
	int64_t flush_ended_ns;
	uint64_t purge_calls;
	uint64_t reports_served;
	uint64_t reports_served_failed;
	uint64_t rejected_retried; /* refused messages that a later call took */
	uint64_t transactions_begun;
	uint64_t transactions_committed;
	uint64_t transactions_aborted;
	uint64_t transaction_failures;

	uint64_t requests_sent; /* Produce requests, by on_request_sent */
	uint64_t requests_answered;
	uint64_t requests_bytes;
	uint64_t latency_max_us;
	int64_t produced_last_ns; /* CLOCK_MONOTONIC_COARSE of the last produce */
	uint64_t blocked_ns;	  /* inside produce calls with RD_KAFKA_MSG_F_BLOCK */

	struct trace_error errors[TRACE_ERRORS];
	/* Messages by microseconds from produce to acknowledgement. Those of one answer that
	 * came between two that were asked stand with the first of the two; the last few of a
	 * thread's last answer may be missing. */
	uint32_t latency[TRACE_HISTOGRAM];
	uint64_t predecessors; /* settled producers whose row this one continues */
	uint64_t gave_up_for;  /* produced, when a wait last gave up: a flush or get that timed
				* out, a poll with a timeout that came back empty on an own
				* thread */
	uint32_t made;	       /* row of SECTION_SITE plus 1: the stack that made it; 0 unknown,
				* or it was not the same for all of a row's producers */
	uint32_t spare_word;
	/*
	 * Batches, each once, by the time that their oldest message spent in the client: from
	 * the call that produced it to the first byte of the request that carried it. Over
	 * TLS, where that is not seen, librdkafka's to the last byte; a Java or Python
	 * client's to when it was put into a request, and from when it entered the batch
	 * (Java's in whole milliseconds, of the wall clock).
	 */
	uint64_t queued_batches; /* 0: not known */
	uint64_t queued_us;
	uint64_t queued_max_us;
	/* Produce requests on its connections, as far as frames can be read: from the call
	 * that wrote the first byte to the end of the one that wrote the last; 0 where that
	 * was one call that could not wait. */
	uint64_t writing_requests;
	uint64_t writing_us;
	uint64_t writing_max_us;
	uint8_t spare[48];
};

/* Of `compatible`: the guest fills SECTION_PRODUCER_MORE in. */
#define TRACE_HAS_WAITS (1u << 3)
/* Of `compatible`: failed_maybe and purged_maybe are there. */
#define TRACE_HAS_MAYBE (1u << 8)

/* In what way the last delivery report was served, if that was not inside a call that could
 * block on a thread that has produced to this producer. */
enum trace_report_how {
	REPORT_NOT = 0,
	REPORT_OWN_POLLING_ONCE = 1,  /* an own thread's first call that cannot block */
	REPORT_OWN_POLLING_AGAIN = 2, /* after an earlier one had left some unserved */
	/* A thread that produced nothing, without blocking: once, */
	REPORT_OTHER_THREAD_POLLING = 3,
	REPORT_OTHER_THREAD_POLLING_AGAIN = 4, /* or again, as above */
	REPORT_OTHER_THREAD_BLOCKING = 5,
	REPORT_BINDING = 6, /* a binding's own poller, or librdkafka's background thread */
	REPORT_WOKEN = 7,   /* a call that cannot block, of an application that waits elsewhere:
			     * it has the client wake it (rd_kafka_queue_io_event_enable) */
};

/* What made a flush end early, other than the client itself. */
enum trace_flush_left {
	FLUSH_NOT_LEFT = 0,
	FLUSH_LEFT_EXCEPTION = 1, /* an exception out of a callback passed through it */
	FLUSH_LEFT_YIELD = 2,	  /* rd_kafka_yield() in a callback: bindings call it when their
				   * language has raised an exception there */
	FLUSH_LEFT_JUMP = 3,	  /* a longjmp(): its thread went on in a frame further up */
	FLUSH_LEFT_THREAD = 4, /* its thread ended inside it: pthread_cancel(), pthread_exit()
				* or Java's Thread.stop() */
	FLUSH_LEFT_INTERRUPT = 5, /* an interrupt of its thread: Java's InterruptException */
	FLUSH_LEFT_WHAT = 0xff,
	FLUSH_LEFT_DELIVERY = 1 << 8, /* with the above: in a delivery callback */
};

/* A call about transactions. */
enum trace_transaction_call {
	TRANSACTION_NONE = 0,
	TRANSACTION_INIT = 1,
	TRANSACTION_BEGIN = 2,
	TRANSACTION_SEND_OFFSETS = 3,
	TRANSACTION_COMMIT = 4,
	TRANSACTION_ABORT = 5,
};

/* The library between the application and the client, where the guest knows it. */
enum trace_binding {
	BINDING_NONE = 0,    /* the application calls the client itself */
	BINDING_PYTHON = 1,  /* confluent-kafka-python: a callback of its own, always */
	BINDING_ASYNCIO = 2, /* its AIOProducer */
	BINDING_GO = 3,
	BINDING_RUST = 4,
	BINDING_NODE = 5, /* node-rdkafka, confluent-kafka-javascript */
	BINDING_DOTNET = 6,
	BINDING_PHP = 7,
	BINDING_MADE = 8, /* a callback made at run time: Ruby's, ctypes', older .NET's */
};

/*
 * More columns of a producer; row n belongs to row n of SECTION_PRODUCER: who was told that
 * messages failed or were purged, and how the application waited for its messages.
 *
 * Counters only grow. A column that is called `produced` below holds how many messages had been
 * produced when the event happened: the event concerns all messages up to there.
 */
struct trace_producer_more {
	uint32_t state;
	uint32_t binding; /* enum trace_binding */

	/* Failed and purged messages by who was told: the application, or a binding, where the
	 * guest cannot see whether that told the application. The outcome of the others was
	 * not reported. */
	uint64_t failed_told;
	uint64_t failed_told_binding;
	uint64_t purged_told;
	uint64_t purged_told_binding;
	uint64_t purges_own;  /* calls of the application, without purges_late */
	uint64_t purges_late; /* calls of it after a wait had given up since the last produce */
	uint64_t purges_wrapper; /* a binding's own call, as when Rust drops a producer: its
				    last */
	uint64_t purged_at; /* produced at the last call: a flush after it proves nothing */

	/* Waits by delivery reports: `produced` when the report of the last message was served
	 */
	uint64_t reports_waited; /* in a call that could block, on a thread that produced, */
	uint64_t reports_other;	 /* or in another way; of the last such time: */
	uint32_t other_how;	 /* enum trace_report_how, */
	int32_t other_thread;	 /* and the tid; it counts as own if it ends the process */
	/* Produced, when a flush or outq_len after a purge succeeded, or an outq_len on a
	 * thread that had produced nothing, `unproven_thread` (a tid; 0 after a purge). */
	uint64_t unproven_for;
	int32_t unproven_thread;
	int32_t wait_bound_ms; /* the timeout of the wait that was enough last; -1 none */

	/* Flushes; those that began are flush_calls of SECTION_PRODUCER. */
	uint64_t flush_ended;	  /* returned, or were left (enum trace_flush_left) */
	uint64_t flush_continued; /* ran into their timeout and were called again by the same
				   * caller, with no produce between: one flush, cut up */
	uint64_t flush_left;	  /* of those: left by a callback in it, not a timeout */
	int64_t flush_began_ns;	  /* of the last one that began, a cut one's first call */

	/* Transactions. */
	uint64_t transaction_at;     /* produced when the last one began */
	uint64_t aborted_messages;   /* produced in transactions that were aborted, */
	uint64_t committed_messages; /* and in ones that were committed after an abort */
	int32_t transaction_error;   /* of the last call, which is transaction_call */
	int32_t fatal_error;	     /* rd_kafka_resp_err_t; 0 none was seen */

	/* Refused messages. */
	uint64_t refused_alike; /* of rejected_retried: it may have been another, equal one */
	uint64_t refused_lost_sight; /* refusals of which nothing could be remembered */
	uint64_t refused_settled; /* of refused_alike: the same message, as one was accepted */
	/* Of rejected_retried, by error: n is that of entry n of `errors`. Their sum is never
	 * less; or the guest does not record it. */
	uint64_t refused_retried[TRACE_ERRORS];

	/* Failed or purged messages that the broker may have all the same (TRACE_HAS_MAYBE):
	 * their request was written, and no answer says that the broker refused it. */
	uint64_t failed_maybe;
	uint64_t purged_maybe;

	uint64_t purge_found; /* outstanding when the last of purges_wrapper was called */

	uint32_t flush_left_how;       /* enum trace_flush_left, of the last flush that ended */
	uint32_t transaction_call;     /* enum trace_transaction_call */
	uint64_t flush_left_continued; /* of flush_left: called again, as flush_continued */

	/* If flags has PRODUCER_REQUESTS: messages that were put into a Produce request, each
	 * counted once, before the first byte of the request was written; and those of them
	 * that have ended, counted after their end was. */
	uint64_t requested;
	uint64_t requested_ended;
	/* If flags has PRODUCER_WRITES, with acks=0: messages in requests that the kernel has
	 * taken whole, counted after it has. */
	uint64_t requested_written;
	uint32_t close_left_how; /* enum trace_flush_left, of the last close that was left so */
	/* TRANSACTION_COMMIT while that call is under way: the broker may have been asked. */
	uint32_t transaction_ending;
	uint8_t spare[16];
};

/* A producer's topic-partition; partition -1 is where messages enter, before
 * a partition is chosen; topic 0 takes what found no row of its own. */
struct trace_topic {
	uint32_t state;
	uint32_t producer; /* row of SECTION_PRODUCER */
	trace_string topic;
	int32_t partition;
	struct trace_counts counts; /* shared by all threads: added to atomically */
};

/*
 * A thread's private share of a topic row's counts (a plain store instead of
 * a bus lock). Totals are the topic row plus all its cells. A thread slot
 * passes to a new thread when its owner has died; counts stay.
 */
struct trace_cell {
	uint32_t state;
	uint32_t topic;	 /* row of SECTION_TOPIC */
	uint32_t thread; /* row of SECTION_THREAD */
	uint32_t site;	 /* row of SECTION_SITE plus 1; 0 unknown. Outcomes too are
			  * counted in cells of the site that produced the message. */
	uint8_t spare[32];

	/* Which of its messages no request can hold: those produced after the last one had
	 * been written. `mark` is how many whole Produce requests there were (requests_sent of
	 * a producer of librdkafka, else produce_written of the process) when its last message
	 * was produced, plus 1, in 32 bits; 0: not noted. `mark_sent` is SENT without the
	 * messages that were produced since then. */
	uint32_t mark;
	uint32_t mark_spare;
	uint64_t mark_sent;
	struct trace_counts counts;
};

TRACE_SIZE_IS(trace_counts, 128);
TRACE_SIZE_IS(trace_producer, 1024);
TRACE_SIZE_IS(trace_producer_more, 384);
TRACE_SIZE_IS(trace_topic, 144);
TRACE_SIZE_IS(trace_cell, 192);

#endif
