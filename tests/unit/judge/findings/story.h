/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h - traces that raise findings, and similar ones (twins) that do not.
 *
 * To add a finding's story: if when_<name>() is in
 * tools/judge/findings_socket.c, its row is in socket.c here: the beginning of
 * both traces, what raises the finding, and what the twin has instead. At least
 * one row; one for each way in which the finding can come about.
 * test_findings.c checks the rules, also that the row is in the right file.
 * Functions that only one file needs stay in that file.
 *
 * For a new tools/judge/findings_<subject>.c: <subject>.c here, and a word in
 * SUBJECTS.
 */
#ifndef UNFLUSHED_FINDINGS_STORY_H
#define UNFLUSHED_FINDINGS_STORY_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "trace_maker.h"

struct story {
	const char *id;
	enum verdict verdict; /* of the finding; the trace's may be worse */
	void (*base)(void);
	void (*raised)(void);
	void (*twin)(void);
};

struct stories {
	const char *subject;
	const struct story *rows;
	size_t count;
};

#define SUBJECTS(SUBJECT)                                                                      \
	SUBJECT(client)                                                                        \
	SUBJECT(message)                                                                       \
	SUBJECT(peer)                                                                          \
	SUBJECT(process)                                                                       \
	SUBJECT(producer)                                                                      \
	SUBJECT(refused)                                                                       \
	SUBJECT(setting)                                                                       \
	SUBJECT(socket)                                                                        \
	SUBJECT(stall)                                                                         \
	SUBJECT(transaction)                                                                   \
	SUBJECT(wait)

#define SUBJECT(name) extern const struct stories stories_##name;
SUBJECTS(SUBJECT)
#undef SUBJECT

/* The last line of a subject's file, whose stories are in `rows`. */
#define STORIES(name)                                                                          \
	const struct stories stories_##name = {#name, rows, sizeof rows / sizeof *rows}

/* The trace that is being told, and its producer, if the base made one. */
extern struct maker maker;
extern struct trace_producer *producer;

/* Bases: 1,000 messages, of which 400 arrived (on a connection, or nobody knows
 * how) or all, waited for; a connection without a producer; not even that. */
void story_outstanding(void);
void story_outstanding_alone(void);
void story_delivered(void);
void story_wire_only(void);
void story_nothing(void);

/* What raises, or what tells the twin apart, in more than one file. */
void story_as_it_is(void);
void story_everything_arrives(void);
void story_all_in_flight(void);
void story_settings_lead_to_nothing(void);

/* A connection with every setting, whose consequences were recorded: none so far. */
struct trace_socket_more *story_consequences(void);

#endif
