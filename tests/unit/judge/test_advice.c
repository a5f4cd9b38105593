/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_advice.c - no advice contradicts the facts.
 *
 * Every finding's story is made in the words of every client and under every
 * circumstance that could make its usual advice wrong; for each phrase of a
 * report that supposes a fact (table `rules`), the model must have that fact.
 * To add a rule: a phrase, and what must hold.
 *
 * compiles: tests/unit/judge/findings/[a-z]*.c
 */
#include "judge/findings.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "judge/findings/story.h"
#include "judge/language.h"
#include "model/words.h"
#include "reach/reach.h"
#include "testing.h"

static const struct stories *const subjects[] = {
#define SUBJECT(name) &stories_##name,
	SUBJECTS(SUBJECT)
#undef SUBJECT
};
#define SUBJECT_COUNT (sizeof subjects / sizeof *subjects)

static struct run run;

/* ---- what must hold of what a phrase is about ---- */

struct about {
	const struct process *process;
	const struct producer *producer; /* of the finding, or of its connection; NULL */
	const struct socket *socket;	 /* NULL */
	const struct finding *finding;
	enum voice voice;
};

static bool nobody_listens(const struct about *about)
{
	return about->producer && reach_of(about->process, about->producer).cut_off;
}

/* A flush that came back with nothing left may have come behind a purge. */
static bool flush_failed(const struct producer *model)
{
	return model &&
	       (model->in_flush || (model->flush_was_last && model->flush_result != 0 &&
				    model->flush_result != UNKNOWN));
}

static bool to_flush_helps(const struct about *about)
{
	/* These have rules of their own: to flush again, and of a flush before the purge. */
	if (!strcmp(about->finding->id, "flush-interrupted") ||
	    !strcmp(about->finding->id, "dropped-by-wrapper"))
		return true;
	return !nobody_listens(about) && !flush_failed(about->producer);
}

/* Of what is no matter of a flush that came back too early. */
static bool did_not_flush(const struct about *about)
{
	return to_flush_helps(about) && !(about->producer && about->producer->flush_was_last);
}

static bool did_not_flush_in_vain(const struct about *about)
{
	return !nobody_listens(about) &&
	       (about->producer->flush_timeouts == 0 ||
		about->producer->flush_calls <= about->producer->purges_wrapper);
}

static bool to_flush_again_helps(const struct about *about)
{
	return !nobody_listens(about) && (!about->producer || about->producer->flush_calls > 0);
}

static bool to_wait_longer_helps(const struct about *about)
{
	return !nobody_listens(about);
}

static bool acks_may_be_0(const struct about *about)
{
	return !about->producer || about->producer->acks == 0 ||
	       about->producer->acks == UNKNOWN;
}

static bool flushed_never(const struct about *about)
{
	return about->producer->flush_calls == 0;
}

static bool produced_after_flush(const struct about *about)
{
	return about->producer->flush_calls > 0 && !about->producer->flush_was_last;
}

static bool died_of(const struct about *about, int signal)
{
	return about->process->how == ENDED_SIGNAL && about->process->signal == signal;
}

static bool of_sigterm(const struct about *about)
{
	return died_of(about, SIGTERM);
}

static bool of_sigint(const struct about *about)
{
	return died_of(about, SIGINT);
}

static bool of_sigkill(const struct about *about)
{
	return died_of(about, SIGKILL);
}

static bool never(const struct about *about)
{
	(void)about;
	return false;
}

static bool of_a_crash(const struct about *about)
{
	return died_of(about, SIGSEGV) || died_of(about, SIGABRT) ||
	       about->process->how == ENDED_ABORT;
}

static bool set_by_the_program(const struct about *about)
{
	return about->socket->flags & SOCKET_BUFFER_FIXED;
}

static bool stalled_by_the_buffer(const struct about *about)
{
	return about->socket->stalled_send_buffer_ns > 0;
}

static bool has_a_timeout(const struct about *about)
{
	return about->socket->user_timeout_ns != UNKNOWN;
}

static bool closed_it(const struct about *about)
{
	return about->socket->end != END_RESET && !(about->socket->flags & SOCKET_RESET);
}

static bool gave_up_sending(const struct about *about)
{
	return about->socket->send_gave_up;
}

static bool something_is_missing(const struct about *about)
{
	return about->finding->verdict != VERDICT_CLEAN;
}

static bool has_no_callback(const struct about *about)
{
	return !(about->producer->flags & PRODUCER_REPORTS);
}

static bool left_by_an_exception(const struct about *about)
{
	uint32_t what = about->producer->flush_left_how & FLUSH_LEFT_WHAT;

	return what == FLUSH_LEFT_EXCEPTION || what == FLUSH_LEFT_YIELD;
}

static bool did_not_commit(const struct about *about)
{
	return !about->producer->committing &&
	       about->producer->transaction_call != TRANSACTION_COMMIT;
}

static bool did_not_wait_in_vain(const struct about *about)
{
	return about->producer->purges_late == 0 && !nobody_listens(about);
}

static bool is_c(const struct about *about)
{
	return about->voice == VOICE_C;
}

static bool is_cpp(const struct about *about)
{
	return about->voice == VOICE_CPP;
}

static bool is_php(const struct about *about)
{
	return about->voice == VOICE_PHP;
}

static bool is_go(const struct about *about)
{
	return about->voice == VOICE_GO;
}

static bool is_dotnet(const struct about *about)
{
	return about->voice == VOICE_DOTNET;
}

static bool is_rust(const struct about *about)
{
	return about->voice == VOICE_RUST;
}

static bool is_python(const struct about *about)
{
	return about->voice == VOICE_PYTHON || about->voice == VOICE_ASYNCIO ||
	       about->voice == VOICE_KAFKA_PYTHON || about->voice == VOICE_AIOKAFKA;
}

static bool has_awaits(const struct about *about)
{
	return about->voice == VOICE_ASYNCIO || about->voice == VOICE_AIOKAFKA ||
	       about->voice == VOICE_RUST || about->voice == VOICE_NODE ||
	       about->voice == VOICE_DOTNET;
}

/* rd_kafka_yield() is named where it was seen to be called. */
static bool is_c_or_yields(const struct about *about)
{
	return is_c(about) || (about->producer && (about->producer->flush_left_how &
						   FLUSH_LEFT_WHAT) == FLUSH_LEFT_YIELD);
}

enum part { TEXT = 1, CHANGE = 2, FIX = 4 };

static const struct rule {
	const char *finding; /* NULL: of any */
	int where;
	const char *phrase;
	bool (*holds)(const struct about *about);
} rules[] = {
	/* To flush, where nothing of that kind was done. */
	{NULL, CHANGE, "call rd_kafka_flush()", to_flush_helps},
	{NULL, CHANGE, "call producer.flush()", to_flush_helps},
	{NULL, CHANGE, "call producer->flush(", to_flush_helps},
	{NULL, CHANGE, "call $producer->flush(", to_flush_helps},
	{NULL, CHANGE, "call p.Flush(10000)", to_flush_helps},
	{NULL, CHANGE, "call producer.Flush(", to_flush_helps},
	{NULL, CHANGE, "call producer.flush(Duration)", to_flush_helps},
	{NULL, CHANGE, "call producer.flush(10000, cb)", to_flush_helps},
	{NULL, CHANGE, "flush after the last message", to_flush_helps},
	{"dropped-by-wrapper", CHANGE, "before the", did_not_flush_in_vain},
	{NULL, CHANGE, "flush (read every answer)", did_not_flush},
	{NULL, CHANGE, "flush or close the producer", did_not_flush},
	{NULL, CHANGE, "close the producer with a timeout", did_not_flush},
	{"waits-unproven", CHANGE, "call ", did_not_flush},
	{"waits-unproven", CHANGE, "await ", did_not_flush},
	{"cut-frame", CHANGE, "flush()", did_not_flush},
	{"cut-frame", CHANGE, "close()", did_not_flush},
	{"cut-frame", CHANGE, "stop()", did_not_flush},
	{"reset-on-close", CHANGE, "flush()", did_not_flush},
	{NULL, CHANGE, "call producer.close() (or flush())", to_flush_helps},
	{"missing-flush", CHANGE, "await ", to_flush_helps},
	{NULL, CHANGE, "wait in ", to_wait_longer_helps},
	{NULL, CHANGE, "its timeout", to_wait_longer_helps},
	{NULL, CHANGE, "the time it needs", to_wait_longer_helps},
	{"flush-interrupted", CHANGE, " again", to_flush_again_helps},
	{"flush-interrupted", CHANGE, "catch exceptions", left_by_an_exception},
	{"purged", CHANGE, "flush first", did_not_wait_in_vain},
	{NULL, TEXT, "it never called flush", flushed_never},
	{NULL, TEXT, "it produced more after its last flush", produced_after_flush},
	/* How it ended. */
	{NULL, CHANGE, "SIGTERM", of_sigterm},
	{NULL, CHANGE, "SIGINT", of_sigint},
	{NULL, CHANGE, "SIGKILL", never},
	{NULL, CHANGE, "end it by a signal", of_sigkill},
	{NULL, CHANGE, "mend what ended", of_a_crash},
	{NULL, FIX, "Catch SIGTERM", of_sigterm},
	{NULL, TEXT, "was killed by SIGTERM", of_sigterm},
	{NULL, TEXT, "was killed by SIGKILL", of_sigkill},
	/* Settings. */
	{NULL, CHANGE | FIX, "acks=1 or", acks_may_be_0},
	{"cut-frame", FIX, "With acks=0", acks_may_be_0},
	{"send-buffer-stall", CHANGE | FIX, "SO_SNDBUF", stalled_by_the_buffer},
	{"send-buffer-stall", FIX, "would have taken more", stalled_by_the_buffer},
	{"send-buffer-stall", CHANGE, "leave SO_SNDBUF", set_by_the_program},
	{"send-buffer-stall", FIX, "Leave its size to the kernel", set_by_the_program},
	{NULL, CHANGE, "raise TCP_USER_TIMEOUT", has_a_timeout},
	{"connection-timed-out", CHANGE, "send again", something_is_missing},
	{"connection-timed-out", FIX, "again on a new", something_is_missing},
	{"send-timeout", CHANGE, "send the rest", gave_up_sending},
	{"reset-on-close", CHANGE, "before", closed_it},
	{"failed-unseen", CHANGE, "register a delivery report callback", has_no_callback},
	{"failed-unseen", CHANGE, "DeliveryReportCb", has_no_callback},
	{"open-transaction", CHANGE, "ommit (or abort)", did_not_commit},
	{"open-transaction", CHANGE, "ommit_transaction()", did_not_commit},
	{"open-transaction", CHANGE, "ommitTransaction()", did_not_commit},
	/* Whose words they are. */
	{NULL, CHANGE | FIX, "rd_kafka_", is_c_or_yields},
	{NULL, CHANGE, " producer->", is_cpp},
	{NULL, CHANGE | FIX, "$producer", is_php},
	{NULL, CHANGE | FIX, "p.Flush(", is_go},
	{NULL, CHANGE | FIX, "TimeSpan", is_dotnet},
	{NULL, CHANGE | FIX, "Duration::", is_rust},
	{NULL, CHANGE | FIX, "finally:", is_python},
	{NULL, CHANGE | FIX, "os.exec", is_python},
	{NULL, CHANGE | FIX, "signal.signal", is_python},
	{NULL, CHANGE, "await ", has_awaits},
};

/* ---- circumstances, and clients ---- */

/* What the story has filled in stays. */
static struct trace_producer_more *more(void)
{
	struct trace_producer_more *row = &maker.producers_more[producer - maker.producers];

	return row->state ? row : maker_producer_more(&maker, producer);
}

static void as_it_is(void)
{
}

static void flush_gave_up(void)
{
	if (!producer || producer->flush_calls)
		return;
	producer->flush_calls = producer->flush_timeouts = 1;
	producer->flush_result = -185;
	producer->flush_waited_ns = 100000000;
	producer->flush_ended_ns = producer->produced_last_ns + 100000000;
}

static void flush_was_called_before(void)
{
	flush_gave_up();
	if (producer && producer->produced_last_ns)
		producer->flush_ended_ns = producer->produced_last_ns - 1;
}

static void it_ends_in_flush(void)
{
	if (!producer || producer->state == PRODUCER_DESTROYED)
		return;
	producer->flush_calls = 1;
	more()->flush_began_ns = 101 * MAKER_SECOND;
	more()->flush_ended = 0;
}

static void nothing_was_waited_for(void)
{
	if (!producer)
		return;
	producer->flush_calls = 0;
	producer->flush_ended_ns = 0;
	producer->waited_for = 0;
}

static void acks_is_0(void)
{
	if (producer)
		producer->acks = 0;
}

static void acks_is_0_and_flush_gave_up(void)
{
	acks_is_0();
	flush_gave_up();
}

static void acks_is_not_known(void)
{
	if (producer)
		producer->acks = TRACE_UNKNOWN;
}

static void no_broker_listens(void)
{
	struct trace_peer *peer = maker_peer(&maker, producer ? 0 : UINT32_MAX, 1);

	peer->begun = peer->ends[PEER_REFUSED] = 12;
	peer->error = 111;
}

static void no_broker_listens_and_flush_gave_up(void)
{
	no_broker_listens();
	flush_gave_up();
}

static void dies_of(int signal)
{
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed = 1;
	maker.process->observed_status = signal;
	maker.process->observed_ns = 102 * MAKER_SECOND;
}

static void sigterm(void)
{
	dies_of(SIGTERM);
}

static void sigint(void)
{
	dies_of(SIGINT);
}

static void sigkill(void)
{
	dies_of(SIGKILL);
}

static void sigsegv(void)
{
	dies_of(SIGSEGV);
}

static void aborts(void)
{
	maker.process->how = HOW_ABORT;
}

static void sigsegv_in_flush(void)
{
	it_ends_in_flush();
	dies_of(SIGSEGV);
}

static void the_peer_resets(void)
{
	if (maker.header->sections[SECTION_SOCKET - 1].used)
		maker.sockets[0].end = END_RESET;
}

static void the_program_sets_its_buffer(void)
{
	if (maker.header->sections[SECTION_SOCKET - 1].used)
		maker.sockets[0].flags |= SOCKET_BUFFER_FIXED;
}

static void reports_are_asked_for(void)
{
	if (producer)
		producer->flags |= PRODUCER_REPORTS;
}

static void commit_failed(void)
{
	if (!producer)
		return;
	more()->transaction_call = TRANSACTION_COMMIT;
	more()->transaction_error = 48;
}

static void flush_was_left(enum trace_flush_left how)
{
	flush_gave_up();
	if (producer)
		more()->flush_left_how = how;
}

static void flush_was_left_by_an_exception(void)
{
	flush_was_left(FLUSH_LEFT_EXCEPTION);
}

static void flush_was_left_by_a_jump(void)
{
	flush_was_left(FLUSH_LEFT_JUMP);
}

static void flush_was_left_by_a_yield(void)
{
	flush_was_left(FLUSH_LEFT_YIELD);
}

static void flush_was_left_by_its_thread(void)
{
	flush_was_left(FLUSH_LEFT_THREAD);
}

#define THIS(name)                                                                             \
	{                                                                                      \
#name, name                                                                    \
	}
static const struct circumstance {
	const char *name;
	void (*comes)(void);
} circumstances[] = {
	THIS(as_it_is),
	THIS(flush_gave_up),
	THIS(flush_was_called_before),
	THIS(it_ends_in_flush),
	THIS(nothing_was_waited_for),
	THIS(acks_is_0),
	THIS(acks_is_0_and_flush_gave_up),
	THIS(acks_is_not_known),
	THIS(no_broker_listens),
	THIS(no_broker_listens_and_flush_gave_up),
	THIS(sigterm),
	THIS(sigint),
	THIS(sigkill),
	THIS(sigsegv),
	THIS(sigsegv_in_flush),
	THIS(aborts),
	THIS(the_peer_resets),
	THIS(the_program_sets_its_buffer),
	THIS(reports_are_asked_for),
	THIS(commit_failed),
	THIS(flush_was_left_by_an_exception),
	THIS(flush_was_left_by_a_jump),
	THIS(flush_was_left_by_a_yield),
	THIS(flush_was_left_by_its_thread),
};
#define CIRCUMSTANCES (sizeof circumstances / sizeof *circumstances)

/* Of a voice: what of a trace speaks in it. */
static void speak(enum voice voice)
{
	static const struct {
		enum trace_client client;
		enum trace_binding binding;
		const char *function;
		uint32_t flag;
	} speakers[] = {
		[VOICE_CPP] = {.function = "send(RdKafka::Producer*)"},
		[VOICE_PYTHON] = {.binding = BINDING_PYTHON},
		[VOICE_ASYNCIO] = {.flag = PRODUCER_ASYNCIO},
		[VOICE_KAFKA_PYTHON] = {.client = CLIENT_KAFKA_PYTHON},
		[VOICE_AIOKAFKA] = {.client = CLIENT_AIOKAFKA},
		[VOICE_JAVA] = {.client = CLIENT_KAFKA_CLIENTS},
		[VOICE_RUST] = {.binding = BINDING_RUST},
		[VOICE_PHP] = {.binding = BINDING_PHP},
		[VOICE_GO] = {.binding = BINDING_GO},
		[VOICE_NODE] = {.binding = BINDING_NODE},
		[VOICE_DOTNET] = {.binding = BINDING_DOTNET},
	};

	if (!producer)
		return;
	if (speakers[voice].client)
		producer->client = speakers[voice].client;
	producer->flags |= speakers[voice].flag;
	if (speakers[voice].binding != BINDING_NONE || more()->binding != BINDING_NONE)
		more()->binding = speakers[voice].binding;
	if (voice != VOICE_PYTHON)
		maker.sites[0].language = LANGUAGE_C;
	if (speakers[voice].function)
		maker.sites[0].frames[0].function =
			maker_string(&maker, speakers[voice].function);
}

/* ---- the law ---- */

static bool says(const struct rule *rule, const struct finding *finding)
{
	if (rule->finding && strcmp(rule->finding, finding->id))
		return false;
	return (rule->where & TEXT && strstr(finding->text, rule->phrase)) ||
	       (rule->where & CHANGE && strstr(finding->change, rule->phrase)) ||
	       (rule->where & FIX && strstr(finding->fix, rule->phrase));
}

static struct about about(const struct process *process, const struct finding *finding)
{
	struct about about = {.process = process, .finding = finding};

	if (finding->producer != UNKNOWN)
		about.producer = &process->producers[finding->producer];
	if (finding->socket != UNKNOWN)
		about.socket = &process->sockets[finding->socket];
	about.voice = voice_of(process, about.producer);
	return about;
}

static size_t broken, checked;
static bool used[sizeof rules / sizeof *rules];

static void check(const struct finding *finding, const struct process *process,
		  const char *circumstance)
{
	const struct about subject = about(process, finding);

	checked++;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!says(&rules[i], finding))
			continue;
		used[i] = true;
		if (rules[i].holds(&subject))
			continue;
		broken++;
		print_error("%s, when %s, voice %d: '%s' contradicts:\n  %s\n  %s\n  %s\n",
			    finding->id, circumstance, (int)subject.voice, rules[i].phrase,
			    finding->text, finding->change, finding->fix);
	}
	if (strlen(finding->change) > 71)
		fail_msg("'%s' does not fit a line", finding->change);
}

static void tell(const struct story *story, bool raised,
		 const struct circumstance *circumstance, enum voice voice)
{
	producer = NULL;
	maker_make(&maker);
	story->base();
	raised ? story->raised() : story->twin();
	circumstance->comes();
	speak(voice);
	maker_run(&maker, &run);
	for (size_t i = 0; i < run.processes[0].finding_count; i++)
		check(&run.processes[0].findings[i], &run.processes[0], circumstance->name);
	model_free(&run);
	maker_free(&maker);
}

static void tell_in_all_ways(const struct story *story)
{
	for (size_t i = 0; i < CIRCUMSTANCES; i++)
		for (enum voice voice = VOICE_C; voice <= VOICE_DOTNET; voice++)
			for (int raised = 0; raised < 2; raised++)
				tell(story, raised, &circumstances[i], voice);
}

static void no_advice_contradicts_what_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < SUBJECT_COUNT; i++)
		for (size_t j = 0; j < subjects[i]->count; j++)
			tell_in_all_ways(&subjects[i]->rows[j]);
	if (broken)
		fail_msg("%zu of %zu findings", broken, checked);
}

/* A rule whose phrase nothing says guards nothing: its words were changed. */
static void every_rule_is_met(void **state)
{
	size_t unused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (used[i] || rules[i].holds == never)
			continue;
		unused++;
		print_error("nothing says '%s'\n", rules[i].phrase);
	}
	assert_int_equal(unused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_advice_contradicts_what_was_seen),
		cmocka_unit_test(every_rule_is_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
