/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - the trace, version 2, byte for byte.
 *
 * One file per process, the black box: written by the guest (shim/) through
 * a shared mapping, read by the tools. TRACE.md beside this file is the same
 * in prose. All numbers are in the byte order of the machine that wrote
 * them (byte_order tells), every offset counts from the start of the file,
 * every row is fixed in size. Counters only grow; what a reader wants to
 * know is a sum or a difference of them, so that a process killed between
 * two stores leaves a trace that still adds up.
 *
 * To add a column: take it from a row's spare bytes and set a bit of
 * `compatible`; a new section kind needs no flag, readers skip kinds they do
 * not know. Whatever an old reader would misjudge needs a bit of
 * `incompatible`: it must refuse the trace.
 */
#ifndef UNFLUSHED_FORMAT_H
#define UNFLUSHED_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC "UNFLUSH\x1a" /* 8 bytes, no NUL; 0x1a stops a `type` */
#define TRACE_VERSION 2u /* 1 had the columns of a socket in another order */
#define TRACE_BYTE_ORDER 0x0a0b0c0du
#define TRACE_BYTES_MAX (2u << 20)
#define TRACE_SUFFIX ".trace"

/* The reader refuses a trace with a bit here that it does not know. */
#define TRACE_INCOMPATIBLE_KNOWN 0ull

/* "not known" in signed columns: distinct from every value they can hold. */
#define TRACE_UNKNOWN INT32_MIN

enum trace_state {
	TRACE_FORMING = 0, /* header not complete: the process died at birth */
	TRACE_LIVE = 1,	   /* written to until the process ends, however */
};

enum trace_section_kind {
	SECTION_PROCESS = 1,
	SECTION_PRODUCER = 2,
	SECTION_TOPIC = 3,
	SECTION_CELL = 4,
	SECTION_SOCKET = 5,
	SECTION_SITE = 6,
	SECTION_MODULE = 7,
	SECTION_STRING = 8,
	SECTION_THREAD = 9,
	SECTION_RING = 10,
	SECTION_LIBRARY = 11,
	SECTION_SOCKET_MORE = 12,
	SECTION_MOMENT = 13,
};
#define TRACE_SECTIONS 13
#define TRACE_SECTIONS_FIRST 13 /* those that every trace of version 2 has */

/*
 * `used` rows have been claimed, in order, and never given back; each row's
 * own `state` (its first word, 0 = not complete yet) says whether it can be
 * read. `dropped` counts what did not fit: the reader says so, always.
 */
struct trace_section {
	uint32_t kind;	    /* enum trace_section_kind */
	uint32_t row_bytes; /* 1 for SECTION_STRING */
	uint64_t offset;
	uint32_t rows; /* capacity */
	uint32_t used; /* live; may exceed `rows` when claims failed */
	uint64_t dropped;
};

struct trace_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t header_bytes; /* sizeof(struct trace_header) */
	uint32_t state;	       /* enum trace_state; stored last at creation */
	uint64_t compatible;
	uint64_t incompatible;
	uint64_t file_bytes;
	uint32_t section_count;
	uint32_t section_bytes; /* sizeof(struct trace_section) */
	uint64_t sections_at;
	char shim_version[16]; /* NUL-padded, e.g. "0.1.0" */
	uint8_t spare[40];
	struct trace_section sections[TRACE_SECTIONS];
};

/*
 * A string: its length without the NUL (16 bit), its bytes, a NUL. A
 * reference is the offset of the length from the section's start; 0 is "no
 * string" (the section starts with an unused word).
 */
typedef uint32_t trace_string;

enum trace_how {
	HOW_UNKNOWN = 0, /* no end record: running, killed, or vanished */
	HOW_RETURN = 1,	 /* destructors run without exit(): main returned */
	HOW_EXIT = 2,
	HOW_UNDERSCORE_EXIT = 3, /* _exit, _Exit */
	HOW_QUICK_EXIT = 4,
	HOW_ABORT = 5,
	HOW_EXEC = 6,
};

/* Facts about a process that the tools put into words; bits of `notes`. */
enum trace_note {
	NOTE_KAFKA_API = 1 << 0,      /* a librdkafka producer was made */
	NOTE_KAFKA_WIRE = 1 << 1,     /* Kafka frames were seen */
	NOTE_PYTHON = 1 << 2,	      /* CPython is in the process */
	NOTE_JVM = 1 << 3,	      /* a JVM is in the process */
	NOTE_REDIRECTED = 1 << 4,     /* connects were sent to the embedded broker */
	NOTE_NO_UNWIND = 1 << 5,      /* no stack could be taken: one frame per site */
	NOTE_FORKED_CHILD = 1 << 6,   /* began as a fork without exec */
	NOTE_DESCRIPTORS_FULL = 1 << 7, /* a socket's number was beyond the table */
	NOTE_CONFLICT = 1 << 8,	      /* an interceptor could not be added */
	NOTE_IO_URING = 1 << 9,	      /* io_uring_setup was called: unseen I/O */
	NOTE_LIBRDKAFKA_STATIC = 1 << 10, /* linked into the executable: no API layer */
	NOTE_PROBE_PYTHON = 1 << 11,	/* a Python client's messages are counted */
	NOTE_PROBE_REFUSED = 1 << 12,	/* one of a shape that the probe does not know */
	NOTE_SITES_LESS = 1 << 13,	/* call sites are not whole stacks, as asked */
	NOTE_SITES_UNKNOWN = 1 << 14,	/* asked in a word that is not known: the default */
	NOTE_PROBE_JVM = 1 << 15,	/* the Java client's records are counted */
	NOTE_JVM_REFUSED = 1 << 16,	/* a JVM, or a Java client in it, left alone */
};

struct trace_process {
	uint32_t state;
	int32_t pid;
	int32_t ppid;
	uint32_t uid;
	uint64_t start_ticks;  /* field 22 of /proc/PID/stat */
	uint64_t pid_namespace; /* inode of /proc/self/ns/pid; 0 unknown */
	char boot_id[40];      /* /proc/sys/kernel/random/boot_id; empty unknown */
	int64_t realtime_ns;   /* CLOCK_REALTIME when the trace was made */
	int64_t monotonic_ns;  /* CLOCK_MONOTONIC at the same moment */
	int64_t process_start_ns; /* CLOCK_MONOTONIC of the process's start */
	trace_string exe;
	trace_string argv; /* arguments joined by newlines, secrets scrubbed */
	uint32_t notes;	   /* bits of enum trace_note */
	uint32_t redirected_connects;
	trace_string redirected_to;
	trace_string silent_reason; /* why the guest fell silent, if it did */

	/* The end, as far as the guest saw it: provisional, for a library's
	 * destructor may still flush after ours; counters go on. */
	uint32_t how;	 /* enum trace_how */
	int32_t status;	 /* TRACE_UNKNOWN for HOW_RETURN */
	int64_t end_ns;	 /* CLOCK_MONOTONIC */
	uint32_t exec_failed; /* exec calls that returned */
	uint32_t forks;

	/* Written by `unflushed run` after it reaped the process. */
	uint32_t observed;
	int32_t observed_status; /* as waitpid() gave it */
	int64_t observed_ns;	 /* CLOCK_MONOTONIC */

	/* Closed sockets whose rows were used again. */
	uint64_t recycled_sockets;
	uint64_t recycled_offered_bytes;
	uint64_t recycled_accepted_bytes;
	uint64_t recycled_writes;
	uint64_t recycled_stalls;
	uint64_t recycled_stalled_ns;
	uint64_t events_dropped; /* nested in a signal handler, or no ring */
	uint64_t sends_unseen;	 /* messages whose producer has no row */
	uint32_t tcp_wmem_max; /* to where autotuning may grow a send buffer; 0 unknown */
	uint32_t series_folds;	 /* times the width of SECTION_MOMENT doubled */
	int64_t series_width_ns; /* between two borders; 0 no series */
	uint64_t recycled_requests;
	trace_string python_version; /* of the interpreter, once something of it is of use */
	trace_string python_clients; /* "name version" or "name version unprobed" lines */
	trace_string jvm_version; /* of the JVM, once a Java client was found in it */
	trace_string jvm_clients; /* lines as above, one for each class loader's client */
	uint8_t spare[56];
};

/* A copy of librdkafka in the process. */
enum trace_linkage {
	LINKAGE_SHARED = 1,  /* in the global scope */
	LINKAGE_PRIVATE = 2, /* loaded RTLD_LOCAL */
	LINKAGE_ADDON = 3,   /* linked statically into a shared object */
	LINKAGE_DLSYM = 4,   /* reached through dlsym */
	LINKAGE_STATIC = 5,  /* in the executable: invisible to the API layer */
};

struct trace_library {
	uint32_t state;
	uint32_t linkage; /* enum trace_linkage */
	trace_string path;
	trace_string version; /* rd_kafka_version_str() */
	uint32_t version_number; /* rd_kafka_version(), e.g. 0x020002ff */
	uint32_t spare;
};

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
	PRODUCER_REPORTS = 1 << 2,	/* delivery reports are asked for */
	PRODUCER_REPORTS_ERRORS = 1 << 3, /* delivery.report.only.error */
	PRODUCER_REPORTS_EVENTS = 1 << 4, /* as RD_KAFKA_EVENT_DR */
	PRODUCER_INHERITED = 1 << 5,	/* handle made by the parent before fork */
	PRODUCER_OVERFLOW = 1 << 6,	/* stands for all that found no row */
	PRODUCER_IN_TRANSACTION = 1 << 7,
	PRODUCER_DESTROYED_IMMEDIATELY = 1 << 8, /* RD_KAFKA_DESTROY_F_IMMEDIATE */
	PRODUCER_SITES_INEXACT = 1 << 9, /* what became of a site's messages is not known */
	PRODUCER_WAITS_UNSEEN = 1 << 11, /* its calls of flush and poll go past the guest */
	PRODUCER_ASYNCIO = 1 << 12, /* of confluent-kafka's AIOProducer, which holds messages, too */
	PRODUCER_HELD_UNSEEN = 1 << 13, /* and those are not counted */
};

/* What satisfied the wait that `waited_for` records. */
enum trace_waited_by {
	WAITED_NOT = 0,
	WAITED_FLUSH = 1,
	WAITED_OUTQ_LEN = 2,
	WAITED_PURGE = 3,
	WAITED_COMMIT = 4,
	WAITED_CLOSE = 5,
	WAITED_GET = 6,
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
	uint32_t state;	 /* enum trace_producer_state */
	uint32_t client; /* enum trace_client */
	uint32_t flags;	 /* bits of enum trace_producer_flag */
	uint32_t library; /* row of SECTION_LIBRARY plus 1; 0 unknown */
	trace_string name;
	trace_string client_id;
	trace_string configuration; /* "key=value" lines, secrets left out */
	int32_t acks;		    /* -1 all; TRACE_UNKNOWN */

	int64_t opened_ns;
	int64_t destroy_began_ns; /* 0 = not called */
	int64_t destroyed_ns;
	uint64_t waited_for; /* messages produced when the last wait was satisfied */
	uint32_t waited_by;  /* enum trace_waited_by */
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
	uint32_t latency[TRACE_HISTOGRAM]; /* produce to acknowledgement */
	uint64_t predecessors; /* settled producers whose row this one continues */
	uint8_t spare[112];
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
	uint32_t topic; /* row of SECTION_TOPIC */
	uint32_t thread; /* row of SECTION_THREAD */
	uint32_t site;	 /* row of SECTION_SITE plus 1; 0 unknown. Outcomes too are
			  * counted in cells of the site that produced the message. */
	uint8_t spare[48];
	struct trace_counts counts;
};

enum trace_language {
	LANGUAGE_C = 1,
	LANGUAGE_PYTHON = 2,
	LANGUAGE_JAVA = 3,
};

struct trace_frame {
	uint64_t offset; /* from the module's load bias: a file's own address */
	uint32_t module; /* row of SECTION_MODULE plus 1; 0 unknown */
	uint32_t line;	 /* interpreted languages only */
	trace_string function;
	trace_string file;
};
#define TRACE_FRAMES 8

struct trace_site {
	uint32_t state;
	uint32_t language; /* enum trace_language */
	uint32_t depth;	   /* frames used; return addresses, innermost first */
	uint32_t spare;
	uint64_t hash;
	struct trace_frame frames[TRACE_FRAMES];
};

struct trace_module {
	uint32_t state;
	trace_string path;
	uint64_t base; /* load bias */
	uint64_t end;
	uint32_t build_id_bytes;
	uint8_t build_id[20];
};

enum trace_socket_state {
	SOCKET_FREE = 0,
	SOCKET_CONNECTING = 1,
	SOCKET_OPEN = 2,
	SOCKET_CLOSED = 3,
};

enum trace_socket_flag {
	SOCKET_KAFKA = 1 << 0,
	SOCKET_TLS = 1 << 1,
	SOCKET_ACCEPTED = 1 << 2,  /* the peer connected to us */
	SOCKET_INHERITED = 1 << 3, /* first seen already connected */
	SOCKET_BLOCKING = 1 << 4,  /* at the last stall */
	SOCKET_BUFFER_FIXED = 1 << 5, /* SO_SNDBUF was set: no autotuning */
	SOCKET_NODELAY = 1 << 6,
	SOCKET_LINGER_ZERO = 1 << 7,
	SOCKET_SHUT = 1 << 8,	   /* shutdown(SHUT_WR or SHUT_RDWR) */
	SOCKET_STALLED = 1 << 9,   /* a stall is going on */
	SOCKET_WIRE_LOST = 1 << 10, /* decoder lost the frames: unknown from here */
	SOCKET_REDIRECTED = 1 << 11,
	SOCKET_CORKED = 1 << 12,
	SOCKET_RESET = 1 << 13, /* EPIPE or ECONNRESET came back */
	SOCKET_UNDER_WAY = 1 << 14, /* at the end the peer had room for unsent_bytes */
	SOCKET_SHARED = 1 << 15, /* another process may have it, too: our end is not its end */
};

/* Whose fault a stall was: `cause` of EVENT_STALL_END. */
enum trace_stall_cause {
	CAUSE_UNKNOWN = 0, /* ended too soon after the last look, or was cut short */
	CAUSE_RECEIVER = 1,
	CAUSE_SEND_BUFFER = 2,
	CAUSE_NETWORK = 3,
	CAUSE_NOTSENT_LOWAT = 4, /* TCP_NOTSENT_LOWAT was reached, the buffer had room */
};

enum trace_socket_end {
	END_NONE = 0,
	END_CLOSE = 1,
	END_RESET = 2,	 /* the peer reset it before we closed */
	END_PROCESS = 3, /* open when the process ended: sampled at exit */
	END_REPLACED = 4, /* dup2 or exec's close-on-exec over it */
};

#define TRACE_FILL_BUCKETS 24 /* 5 % each; the last takes 115 % and more */

struct trace_socket {
	uint32_t state;
	uint32_t flags;	     /* bits of enum trace_socket_flag */
	uint32_t generation; /* times this row was used again */
	int32_t fd;

	/* What every write changes: with the above one cache line. */
	int64_t write_began_ns; /* a write call that has not come back; -1 it has, and is
				 * being counted; 0 none. Not 0 at the end: the kernel may
				 * have taken more than was counted. */
	uint64_t offered_bytes;
	uint64_t accepted_bytes;
	uint64_t writes;
	int64_t written_last_ns;
	uint32_t frame_at;   /* bytes of the current request accepted so far */
	uint32_t producer;   /* row of SECTION_PRODUCER plus 1; 0 unknown */

	uint8_t local_address[16]; /* IPv4 is mapped into IPv6 */
	uint8_t peer_address[16];
	uint16_t local_port; /* host order; 0 unknown */
	uint16_t peer_port;
	trace_string broker; /* "host:port/id" as the client names it */
	trace_string client_id;
	uint32_t dups; /* descriptors that name this socket */
	int64_t opened_ns;
	int64_t connected_ns;
	int64_t closed_ns;

	/* Settings. */
	int32_t buffer_requested; /* TRACE_UNKNOWN = not asked for */
	int32_t buffer_effective; /* as read back; TRACE_UNKNOWN */
	int32_t linger_seconds;	  /* TRACE_UNKNOWN = off */
	int32_t connect_error;	  /* errno; 0 */

	/* Bytes. */
	uint64_t short_writes;
	uint64_t eagain;
	uint64_t write_errors;
	uint64_t received_bytes;
	uint64_t eagain_spins; /* EAGAIN right after EAGAIN, no wait between */

	/* Stalls (DESIGN: taken less than offered, until progress). */
	uint64_t stalls;
	uint64_t stalled_ns;
	uint64_t stall_longest_ns;
	int64_t stall_began_ns; /* 0 = none going on */
	uint64_t stalled_send_buffer_ns;
	uint64_t stalled_receiver_ns;
	uint64_t stalled_network_ns;

	/* Fill: wmem_queued / sndbuf when sampled, in 5 % steps. */
	uint64_t fill_samples;
	uint32_t fill_max_permille;
	uint32_t fill[TRACE_FILL_BUCKETS];

	/* Kafka frames, as far as the decoder can follow. */
	uint32_t frame_bytes; /* the current request's whole length with the length field; 0 none */
	int32_t frame_api;
	int32_t frame_records;	   /* records of the current request so far */
	uint64_t requests;	   /* whole requests accepted, any API */
	uint64_t responses;
	uint64_t produce_requests; /* whole Produce requests accepted */
	uint64_t produce_records;  /* in them; of magic 2 batches */
	uint64_t produce_bytes;
	uint64_t produce_unanswerable; /* with acks=0: no response will come */
	uint64_t produce_unanswerable_records;
	uint64_t produce_answered; /* responses to Produce */
	uint64_t produce_answered_records;
	uint64_t produce_refused;	 /* answered with an error in a partition */
	uint64_t produce_uncounted; /* whole requests whose records are unknown */
	int32_t produce_acks; /* of the last Produce; TRACE_UNKNOWN */
	int32_t produce_error; /* the last error code answered; 0 */
	uint32_t uncounted_answers; /* answers to requests that left the window */
	uint32_t end; /* enum trace_socket_end */
	int64_t produce_last_ns; /* last whole Produce accepted */

	/* The end, sampled before the close; TRACE_UNKNOWN if not. */
	int32_t unsent_bytes; /* SIOCOUTQ: not yet acknowledged by the peer's TCP */
	int32_t unread_bytes; /* FIONREAD */
	uint64_t latency_max_us; /* Produce written to answered */
	uint32_t latency[TRACE_HISTOGRAM];

	uint32_t rtt_us;	/* tcpi_rtt when a stall was last looked into; 0 unknown */
	uint32_t flight_bytes;	/* largest tcpi_delivery_rate x tcpi_rtt then; 0 unknown */
	uint32_t send_timeout_ms; /* SO_SNDTIMEO; 0 none */
	uint32_t user_timeout_ms; /* TCP_USER_TIMEOUT; 0 the kernel's own */
	uint32_t notsent_lowat;	  /* TCP_NOTSENT_LOWAT; 0 none */
	uint32_t nagle_waits; /* small writes that Nagle held back until a delayed ACK */
	uint64_t unused;      /* 0 */
};

/* Of `compatible`: the columns that are marked so are there. */
#define TRACE_HAS_CONSEQUENCES (1u << 2)

/*
 * The rest of a socket; row n belongs to row n of SECTION_SOCKET. others_*: what all
 * threads but the socket's first writer and first reader have done to it (they add
 * to the socket's row with plain stores); totals are the sum of both.
 */
struct trace_socket_more {
	uint32_t state;
	int32_t queued_bytes; /* SIOCOUTQ when last asked; TRACE_UNKNOWN never was */
	int64_t queued_ns;    /* when that was */
	uint64_t others_offered_bytes;
	uint64_t others_accepted_bytes;
	uint64_t others_writes;
	uint64_t others_received_bytes;
	int64_t unseen_bytes; /* that TCP took beyond what was counted; -1 unknown */
	int32_t queued_held; /* of queued_bytes: the peer had no room for them */
	uint32_t flags;	     /* bits of enum trace_socket_more_flag */
	int64_t queued_room; /* so much more the peer had room for then */
	uint64_t queued_accepted; /* bytes accepted until then */

	/* What settings led to (TRACE_HAS_CONSEQUENCES). */
	int64_t wait_began_ns; /* a thread asks for room since then, and waits; 0 none */
	uint64_t stalled_lowat_ns;    /* by CAUSE_NOTSENT_LOWAT */
	uint64_t send_timeout_bytes;  /* offered to sends that gave up, and not taken */
	uint32_t send_timeouts;	      /* sends that gave up after SO_SNDTIMEO */
	uint32_t cork_waits;	      /* times TCP_CORK held the end of what was written */
	uint32_t cork_held_ms;	      /* for so long in all */
	uint32_t cork_left_bytes;     /* held when the connection ended */
	int32_t error;		      /* errno that ended the connection; 0 none was met */
	uint32_t error_after_ms;      /* of the last write that went */
};

enum trace_socket_more_flag {
	SOCKET_BUFFER_FORCED = 1 << 0, /* by SO_SNDBUFFORCE, which no limit caps */
	SOCKET_FOUND_AT_END = 1 << 1, /* a connection that no call seen had made */
	SOCKET_SEND_GAVE_UP = 1 << 2, /* nothing was taken after the last send_timeouts */
};

/*
 * Where the process's counters stood at a border in time: the whole life of the
 * process in TRACE_MOMENTS points, however long. Borders are series_width_ns
 * apart; when all rows are taken the width doubles, and of the moments that now
 * fall between the same two borders the last stays. A moment holds totals, not
 * differences: one that is missing costs detail, never a sum. Rows are in order
 * of time; one that is not later than the row before it is left over, and is
 * to be passed over.
 */
struct trace_moment {
	uint32_t state;
	uint32_t fill_max_permille; /* the fullest send buffer since the moment before */
	int64_t at_ns;		    /* CLOCK_MONOTONIC */
	uint64_t accepted_bytes;
	uint64_t produced;
	uint64_t settled; /* delivered, unconfirmed, failed or purged */
	uint64_t delivered;
	uint64_t stalled_ns;
	uint64_t requests; /* Produce, whole */
};
#define TRACE_MOMENTS 256

struct trace_thread {
	uint32_t state;
	int32_t tid;
	uint64_t head;	   /* events ever written to the ring */
	uint64_t takeovers; /* times a new thread took the slot of a dead one */
	char name[16];
	uint8_t spare[24];
};

/*
 * A thread's ring holds TRACE_RING_EVENTS events; event n is at n modulo
 * that. `head` is stored after the event, so a reader takes the events
 * [head - TRACE_RING_EVENTS + 1, head): the slot at head may be half-written.
 */
struct trace_event {
	int64_t at_ns; /* CLOCK_MONOTONIC */
	uint16_t kind; /* events.def */
	uint16_t flags;
	uint32_t object; /* row of the section that the kind names */
	int64_t a;
	int64_t b;
};
#define TRACE_RING_EVENTS 1024
#define TRACE_RING_BYTES (TRACE_RING_EVENTS * 32)

enum trace_event_kind {
	EVENT_NONE = 0,
#define EVENT(name, number, object, a, b) EVENT_##name = number,
#include "events.def"
#undef EVENT
};

#define TRACE_SIZE_IS(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), #type " has grown: that is a new format")
TRACE_SIZE_IS(trace_section, 32);
TRACE_SIZE_IS(trace_header, 536);
TRACE_SIZE_IS(trace_process, 320);
TRACE_SIZE_IS(trace_producer, 1024);
TRACE_SIZE_IS(trace_socket, 1024);
TRACE_SIZE_IS(trace_socket_more, 128);
TRACE_SIZE_IS(trace_moment, 64);
TRACE_SIZE_IS(trace_site, 216);
TRACE_SIZE_IS(trace_event, 32);
TRACE_SIZE_IS(trace_counts, 128);
TRACE_SIZE_IS(trace_topic, 144);
TRACE_SIZE_IS(trace_cell, 192);
TRACE_SIZE_IS(trace_thread, 64);
TRACE_SIZE_IS(trace_module, 48);
TRACE_SIZE_IS(trace_frame, 24);
TRACE_SIZE_IS(trace_library, 24);

#endif
