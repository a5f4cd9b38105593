/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_process.h - the process, and the copies of librdkafka in it.
 *
 * A part of format.h, which says what holds for all of it: include that.
 */
#ifndef UNFLUSHED_FORMAT_PROCESS_H
#define UNFLUSHED_FORMAT_PROCESS_H

#include "format/format_word.h"

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
	NOTE_KAFKA_API = 1 << 0,	  /* a librdkafka producer was made */
	NOTE_KAFKA_WIRE = 1 << 1,	  /* Kafka frames were seen */
	NOTE_PYTHON = 1 << 2,		  /* CPython is in the process */
	NOTE_JVM = 1 << 3,		  /* a JVM is in the process */
	NOTE_REDIRECTED = 1 << 4,	  /* connects were sent to the embedded broker */
	NOTE_NO_UNWIND = 1 << 5,	  /* no stack could be taken: one frame per site */
	NOTE_FORKED_CHILD = 1 << 6,	  /* began as a fork without exec */
	NOTE_DESCRIPTORS_FULL = 1 << 7,	  /* a socket's number was beyond the table */
	NOTE_CONFLICT = 1 << 8,		  /* an interceptor could not be added */
	NOTE_IO_URING = 1 << 9,		  /* io_uring_setup was called: unseen I/O */
	NOTE_LIBRDKAFKA_STATIC = 1 << 10, /* linked into the executable: no API layer */
	NOTE_PROBE_PYTHON = 1 << 11,	  /* a Python client's messages are counted */
	NOTE_PROBE_REFUSED = 1 << 12,	  /* not those of one whose classes are not known */
	NOTE_SITES_LESS = 1 << 13,	  /* call sites are not whole stacks, as asked */
	NOTE_SITES_UNKNOWN = 1 << 14,	  /* asked in a word that is not known: the default */
	NOTE_PROBE_JVM = 1 << 15,	  /* the Java client's records are counted */
	NOTE_JVM_REFUSED = 1 << 16,	  /* a JVM, or a Java client in it, left alone */
	NOTE_AUDITOR_ASIDE = 1 << 17,	  /* it would not have started with the auditor */
	NOTE_JVM_LATE = 1 << 18,	  /* a Java client may have refused records before */
	NOTE_CONSUMER = 1 << 19, /* a librdkafka consumer was made, with its own type */
	/* librdkafka is linked into the program, and its calls are seen. The next four say,
	 * with NOTE_LIBRDKAFKA_STATIC, why they are not: */
	NOTE_LINKED = 1 << 20,
	NOTE_LINKED_INCOMPLETE = 1 << 21, /* the linker left out functions that we call */
	NOTE_LINKED_UNDECODED = 1 << 22,  /* its code is not understood */
	NOTE_LINKED_REFUSED = 1 << 23,	  /* the kernel forbids writing into code */
	NOTE_LINKED_THREADS = 1 << 24,	  /* a thread might have run it meanwhile */
	NOTE_LINKED_INSIDE = 1 << 25,	  /* seen, without interceptors (librdkafka/inside.h) */
	NOTE_LINKED_RECIPE = 1 << 26,	  /* where it is, a recipe said (format/recipe.h) */
};

struct trace_process {
	uint32_t state;
	int32_t pid;
	int32_t ppid;
	uint32_t uid;
	uint64_t start_ticks;	  /* field 22 of /proc/PID/stat */
	uint64_t pid_namespace;	  /* inode of /proc/self/ns/pid; 0 unknown */
	char boot_id[40];	  /* /proc/sys/kernel/random/boot_id; empty unknown */
	int64_t realtime_ns;	  /* CLOCK_REALTIME when the trace was made */
	int64_t monotonic_ns;	  /* CLOCK_MONOTONIC at the same moment */
	int64_t process_start_ns; /* CLOCK_MONOTONIC of the process's start */
	trace_string exe;
	trace_string argv; /* arguments joined by newlines, secrets scrubbed */
	uint32_t notes;	   /* bits of enum trace_note */
	uint32_t redirected_connects;
	trace_string redirected_to;
	trace_string silent_reason; /* why the guest fell silent, if it did */

	/* The end, as far as the guest saw it: provisional, because a library's destructor may
	 * still flush after ours; counters still grow. */
	uint32_t how;	      /* enum trace_how */
	int32_t status;	      /* TRACE_UNKNOWN for HOW_RETURN */
	int64_t end_ns;	      /* CLOCK_MONOTONIC */
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
	uint32_t tcp_wmem_max;	 /* to where autotuning may grow a send buffer; 0 unknown */
	uint32_t series_folds;	 /* times the width of SECTION_MOMENT doubled */
	int64_t series_width_ns; /* between two borders; 0 no series */
	uint64_t recycled_requests;
	trace_string python_version; /* of the interpreter, once something of it is of use */
	trace_string python_clients; /* "name version" or "name version unprobed" lines */
	trace_string jvm_version;    /* of the JVM, once a Java client was found in it */
	trace_string jvm_clients;    /* lines as above, one for each class loader's client */
	int32_t end_thread; /* tid that called exit or returned from main; 0 not known */
	uint32_t spare_word;
	/* Messages handed to a client's send() by threads without a row (trace_thread), */
	uint64_t offered;
	/* and calls of librdkafka that may wait for room in its queue. */
	uint64_t blocking_began;
	uint64_t blocking_ended;
	uint64_t produce_written; /* whole Produce requests, on any connection */
	/* Calls of the application that wait for messages: flush with a timeout that is not 0,
	 * close with one, commit, abort, a future's get. More of them began than ended: one is
	 * under way. */
	uint64_t waits_began;
	uint64_t waits_ended;
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
	trace_string version;	 /* rd_kafka_version_str() */
	uint32_t version_number; /* rd_kafka_version(), e.g. 0x020002ff */
	uint32_t spare;
};

TRACE_SIZE_IS(trace_process, 320);
TRACE_SIZE_IS(trace_library, 24);

#endif
