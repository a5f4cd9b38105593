/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harness.h - runs a host twice, alone and under the shim, and compares the
 * runs.
 *
 *	struct story story = story_of("flushes");
 *	story_tell(&story, "1000");           // plain, then under `unflushed run`
 *	story_expect(&story, "clean", NULL);  // verdict, and a finding or none
 *
 * Each run has a broker of its own (librdkafka's mock cluster, in this
 * process), so that the messages in its topic at the end can be compared with
 * the counts. story_tell itself asserts that stdout, stderr and status are the
 * same, and that the counters obey the law of messages; tests need not.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <sys/types.h>

#include <jansson.h>

#include "testing.h"

#define TOPIC "stories"
#define UNKNOWN_NUMBER INT64_MIN

/* --- a broker that can be asked what it holds ---------------------------- */

struct broker;

struct broker *broker_start(void);
const char *broker_address(const struct broker *broker);
void broker_rtt(struct broker *broker, int rtt_ms);
/* Messages in TOPIC, once nothing arrives any more. */
int64_t broker_messages(struct broker *broker);
void broker_stop(struct broker *broker);

/* --- a broker that misbehaves (tests/fakes/broker), or another of the fakes ------- */

struct fake;

struct fake *fake_start(const char *options);
/* The same behind TLS: clients are to trust certificate_file(). */
struct fake *fake_start_tls(const char *options);
struct fake *fake_start_as(const char *program, const char *options);
const char *fake_address(const struct fake *fake);
/* Ends it; what it saw. */
json_t *fake_stop(struct fake *fake);
/* The same of one that ends by itself. */
json_t *fake_await(struct fake *fake);

/* A certificate for 127.0.0.1 that is its own authority, made once with openssl: a story
 * that uses it needs that. Its key is to be freed. */
const char *certificate_file(void);
char *certificate_key(void);

/* --- programs --------------------------------------------------------------- */

struct ended {
	int status; /* as waitpid() gave it */
	char *out;
	char *err; /* without what differs by nature: lines of chance, a warning's pid */
};

/* `command` is split at blanks; "@" stands for the broker's address.
 * Fails the test after four minutes. */
struct ended program_run(const char *command, const char *address);
pid_t program_start(const char *command, const char *address, const char *out);
/* The same of a program of tests/hosts under the shim alone, e.g. "threads_busy @": its traces
 * are in `directory`, and what it prints is left. */
pid_t program_start_traced(const char *host, const char *directory, const char *address);
/* `unflushed` with these arguments, e.g. tool_run("report %s", path). */
struct ended tool_run(const char *arguments, ...) __attribute__((format(printf, 1, 2)));
int exit_code(const struct ended *ended); /* fails if a signal ended it */
void ended_free(struct ended *ended);
/* Builds a source of tests/hosts, e.g. program_make("cc -O2", "process/no_kafka.c", "-lm"); a
 * path to be freed. _if: skips the test where the compiler cannot. */
char *program_make(const char *compiler, const char *source, const char *libraries);
char *program_make_if(const char *compiler, const char *source, const char *libraries);
/* Whether a run that was not to die so may be run again: it died of SIGSEGV, and the
 * librdkafka here does that without us too (own_crash.c). tries: how often it was already. */
bool crashed_by_itself(const struct ended *ended, int tries);

/* A private directory, removed with all in it at the end of the program. */
const char *scratch_directory(void);
/* A name in it that is not in use. */
char *scratch_name(const char *suffix);
char *file_read(const char *path);

/* --- stories ------------------------------------------------------------------ */

struct story {
	const char *host;    /* program of tests/hosts, or a path, or *.py */
	const char *options; /* of `unflushed run`; NULL */
	int rtt_ms;	     /* of the broker */
	const char *fake;    /* options of tests/fakes/broker, to be told against that */
	const char *tls;     /* the same, behind TLS */
	const char *sink;    /* the same of tests/fakes/sink: any bytes, counted */
	const char *sink_as; /* another of the fakes in its place */
	bool dead_broker;    /* no process listens at the address */
	bool needs_no_broker;
	bool output_varies; /* host law: status only */

	/* After story_tell. */
	struct ended plain, watched;
	json_t *summary;
	int64_t arrived; /* messages in the topic of the watched telling; bytes in the sink */
	json_t *truth;	 /* with a fake or a sink: its own report */
};

struct story story_of(const char *host);
void story_tell(struct story *story, const char *arguments, ...)
	__attribute__((format(printf, 2, 3)));
void story_end(struct story *story);

/* Fails unless the run's verdict is this, and the finding (if any) is there. */
void story_expect(const struct story *story, const char *verdict, const char *finding);
bool story_has(const struct story *story, const char *finding);
const char *story_verdict(const struct story *story);
/* A message count summed over all producers; UNKNOWN_NUMBER if one is null. */
int64_t story_count(const struct story *story, const char *what);
/* delivered <= arrived, and arrived explained by what can have arrived. */
void story_expect_truth(const struct story *story);

/* --- the first line ----------------------------------------------------------------- */

/* Its numbers: what never arrived, and what may be lost beside. */
struct headline {
	int64_t certain, possible;
	bool counts;	 /* it has such numbers at all */
	bool open_ended; /* how many more may be lost it cannot say */
};

struct headline headline_read(const char *text);
/* What is false in a summary's first line, if so many messages are in the topic; NULL. */
const char *headline_wrong(json_t *summary, int64_t arrived);
/* Fails if anything is. story_tell() asks for every story. */
void headline_assert(json_t *summary, int64_t arrived);

/* --- what it advises ------------------------------------------------------------------ */

/* The words of a summary's advice that contradict the rest of it; NULL. */
const char *advice_wrong(json_t *summary);
/* Fails if any do. story_tell() asks for every story. */
void advice_assert(json_t *summary);

/* --- many of them ------------------------------------------------------------------ */

typedef void cell_fn(size_t index);

/* Tries cells 0 to count - 1 by so many processes at once: results go where
 * they can be shared. A failed assertion in one fails the test. */
void cells_try(size_t count, int workers, cell_fn *try_one);
/* Zeroed memory that the workers share with the test. */
void *cells_memory(size_t bytes);

/* --- JSON ----------------------------------------------------------------------- */

/* "processes.0.producers.0.messages.outstanding"; NULL if there is no such. */
json_t *json_path(json_t *root, const char *path);
int64_t json_number(json_t *root, const char *path); /* fails if it is none */
const char *json_text(json_t *root, const char *path);
bool json_is_unknown(json_t *root, const char *path); /* there, and null */
/* produced = delivered + unconfirmed + failed + purged + outstanding, everywhere. */
void law_assert(json_t *summary);

/* --- what a story needs ----------------------------------------------------------- */

/* Skips the test with the reason unless the thing of this name (a row of needs.c: "kafka",
 * "java", ...) is there; where it is, until the next such call. */
const char *story_needs(const char *name);
/* The reason alone; NULL if it is there. */
const char *story_missing(const char *name);

#endif
