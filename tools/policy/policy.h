/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - the rules of unflushed.toml, by which `check` decides.
 *
 * unflushed(1), POLICY, describes the file: every key, its type and its
 * default. To add a key: add a row to the table of its section in
 * policy_read.c, and describe the key there.
 */
#ifndef UNFLUSHED_POLICY_H
#define UNFLUSHED_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "model/verdict.h"
#include "policy/toml.h"

#define POLICY_FILE "unflushed.toml"
#define POLICY_BYTES_MOST (1024 * 1024)

enum policy_action {
	POLICY_FAIL,
	POLICY_WARN,
	POLICY_IGNORE,
};

/* A known case: [[known]]. A pattern that is NULL matches everything. */
struct policy_known {
	struct toml_place at;
	char *finding;	 /* id of a finding */
	char *signature; /* its digits */
	char *frame, *topic, *program;
	int64_t messages; /* the most that it covers; UNKNOWN: any number */
	int64_t until;	  /* the last day: year * 10000 + month * 100 + day; UNKNOWN: no end */
	char *reason;
	/* policy_decide(): */
	bool matched, expired, exceeded;
	size_t findings;	  /* findings that it matches */
	int64_t matched_messages; /* certain and possible ones; UNKNOWN: cannot be computed */
};

struct policy {
	char *path;
	enum policy_action actions[VERDICT_LOST + 1]; /* that of CLEAN is not used */
	enum policy_action no_kafka;		      /* blind because no Kafka was seen */
	enum policy_action broker_errors; /* brokers answered with errors, and all arrived */
	int64_t messages;		  /* lost or at risk: so many are accepted */
	char **programs;		  /* globs of programs that are ignored */
	size_t program_count;
	struct policy_known *known;
	size_t known_count;
};

struct policy_fault {
	struct toml_place at; /* line 0: the file as a whole */
	char what[320];
};

/* The policy of an empty file: every verdict but `failed` fails. Must be freed with
 * policy_free(). */
void policy_default(struct policy *policy, const char *path);

/* Reads a policy of `bytes` bytes at `text`. False with *fault: it has an error, and *policy is
 * empty. Otherwise policy_free() must be called. `path` is copied. */
bool policy_read(struct policy *policy, const char *path, const char *text, size_t bytes,
		 struct policy_fault *fault);
/* The same for a file. A file that is not regular, or is longer than POLICY_BYTES_MOST, is a
 * fault. */
bool policy_load(struct policy *policy, const char *path, struct policy_fault *fault);
void policy_free(struct policy *policy);

/* The path of the POLICY_FILE in `folder` or the nearest folder above it; the caller frees
 * it. The search ends with the first folder that has .git, and at the root. NULL: there is
 * none. */
char *policy_find(const char *folder);

/* ---- policy_decide.c ---- */

struct policy_answer {
	enum verdict failing; /* the worst verdict that fails; CLEAN: nothing does */
	enum verdict warned;  /* the worst verdict that only warns */
	size_t known;	      /* findings that are known cases */
	size_t ignored;	      /* processes that are ignored */
	size_t broker_errors; /* processes that got error answers from brokers, and whose
			       * messages all arrived */
	bool allowed;	      /* messages were lost or at risk, but not more than accepted */
	size_t expired, unused, exceeded; /* known cases */
};

/*
 * Applies the policy to a run after findings_raise(). A finding whose `known`
 * is set already is a known case. `today`: in the form of policy_known.until.
 * `blind`: something could not be read, so the run is at least blind. Sets the
 * fields of the known cases that are marked policy_decide().
 */
struct policy_answer policy_decide(struct policy *policy, const struct run *run, int64_t today,
				   bool blind);

/* Writes into the run, for renderers, which verdicts the policy accepts (run->ruled,
 * passes). */
void policy_show(const struct policy *policy, struct run *run,
		 const struct policy_answer *answer);

/* The known case (not expired, not exceeded) that matches this finding, or NULL. To be called
 * after policy_decide(). */
const struct policy_known *policy_knows(const struct policy *policy,
					const struct process *process,
					const struct finding *finding);

#endif
