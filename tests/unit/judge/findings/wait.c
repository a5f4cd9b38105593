/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait.c - stories of tools/judge/findings_wait.c: producers without
 * outstanding messages whose program did not wait.
 */
#include "judge/findings/story.h"

#include "model/host.h"

static void never_waited(void)
{
	producer->waited_for = 0;
}

static void nobody_saw_whether_it_waited(void)
{
	never_waited();
	producer->flags |= PRODUCER_WAITS_UNSEEN;
}

static void futures_of_its_messages_were_kept(void)
{
	nobody_saw_whether_it_waited();
	producer->client = CLIENT_KAFKA_CLIENTS;
}

static void a_binding_holds_what_nobody_counts(void)
{
	producer->flags |= PRODUCER_ASYNCIO | PRODUCER_HELD_UNSEEN;
}

static void a_binding_holds_what_is_counted(void)
{
	producer->flags |= PRODUCER_ASYNCIO;
}

static void reports_are_taken_in_a_way(uint32_t how)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	producer->waited_for = 0;
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served = 1000;
	more->reports_other = 1000;
	more->other_how = how;
}

static void a_poller_takes_the_reports(void)
{
	reports_are_taken_in_a_way(REPORT_BINDING);
}

static void a_lucky_poll_takes_the_reports(void)
{
	reports_are_taken_in_a_way(REPORT_OWN_POLLING_ONCE);
}

/* ---- under --prove ---- */

static struct host_withheld withheld;
static struct host_line line;
static struct host proof;

/* The relay had its only connection; the last answer came at 500. */
static void answers_are_withheld(void)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->flags |= SOCKET_DIVERTED;
	withheld = (struct host_withheld){.pid = maker.process->pid,
					  .start_ticks = maker.process->start_ticks,
					  .trace_ns = maker.process->monotonic_ns,
					  .patience_ns = 5000000000,
					  .holds = 1};
	line = (struct host_line){.pid = withheld.pid,
				  .start_ticks = withheld.start_ticks,
				  .trace_ns = withheld.trace_ns,
				  .last_ns = 500};
	proof = (struct host){.proves = true,
			      .withheld = &withheld,
			      .withheld_count = 1,
			      .lines = &line,
			      .line_count = 1};
	maker.proof = &proof;
}

static void answers_are_withheld_from_a_forgetful_one(void)
{
	producer = maker_story(&maker, 1000, 400);
	answers_are_withheld();
}

static void it_ends_before_they_come(void)
{
	line.cut_ns = 700;
}

static void its_own_wait_gave_up_before(void)
{
	it_ends_before_they_come();
	producer->gave_up_for = 1000;
}

static void it_is_killed_in_a_wait(void)
{
	it_ends_before_they_come();
	maker.process->waits_began = 1;
}

static void another_connection_took_its_place(void)
{
	line.cut_ns = 400;
}

static void answers_are_withheld_from_a_lucky_one(void)
{
	producer = maker_story(&maker, 1000, 1000);
	answers_are_withheld();
}

static void its_last_answer_is_let_through_too_early(void)
{
	line.due_ns = 400;
}

static void it_outlasts_them(void)
{
	line.due_ns = 500;
	line.due_for_ns = 5000000000;
}

static void a_poller_outlives_an_earlier_answer(void)
{
	its_last_answer_is_let_through_too_early();
	a_poller_takes_the_reports();
}

static void a_poller_outlasts_them(void)
{
	it_outlasts_them();
	a_poller_takes_the_reports();
}

static void the_relay_broke(void)
{
	a_poller_outlasts_them();
	proof.proof_broke = true;
}

static void a_connection_passes_it_by(void)
{
	a_poller_outlasts_them();
	maker_socket(&maker, 0)->produce_requests = 1;
}

static void what_passes_cannot_be_followed(void)
{
	a_poller_outlasts_them();
	line.lost = true;
}

/* ---- ProduceChannel() of confluent-kafka-go ---- */

#define GO_KAFKA "github.com/confluentinc/confluent-kafka-go/v2/kafka."

static void its_only_site_is(const char *inner, const char *outer)
{
	maker.sites[0].language = LANGUAGE_C;
	maker.sites[0].depth = 2;
	maker.sites[0].frames[0] =
		(struct trace_frame){.function = maker_string(&maker, inner)};
	maker.sites[0].frames[1] =
		(struct trace_frame){.function = maker_string(&maker, outer)};
}

static void gos_messages_come_from(const char *function, const char *caller)
{
	story_delivered();
	maker_producer_more(&maker, producer)->binding = BINDING_GO;
	its_only_site_is(function, caller);
}

static void messages_come_out_of_the_channel(void)
{
	gos_messages_come_from(GO_KAFKA "(*Producer).produce", GO_KAFKA "channelProducer");
}

static void batches_come_out_of_the_channel(void)
{
	gos_messages_come_from(GO_KAFKA "(*Producer).produceBatch",
			       GO_KAFKA "channelBatchProducer");
}

static void go_was_seen_to_close_it(void)
{
	producer->state = PRODUCER_DESTROYED;
}

static void go_is_closing_it(void)
{
	producer->state = PRODUCER_DESTROYING;
}

static void they_come_from_produce(void)
{
	its_only_site_is(GO_KAFKA "(*Producer).Produce", "main.main");
}

/* A function of the program's own, of a package that is not the client's. */
static void it_has_a_function_of_that_name(void)
{
	its_only_site_is(GO_KAFKA "(*Producer).Produce", "main.channelProducer");
}

/* No file of the trace is there. */
static void go_got_no_message(void)
{
	producer = maker_producer(&maker);
	maker_producer_more(&maker, producer)->binding = BINDING_GO;
}

static void it_made_an_admin_client(void)
{
	struct trace_site *site = maker_site(&maker, "x", 1);

	producer->made = maker.header->sections[SECTION_SITE - 1].used;
	site->language = LANGUAGE_C;
	site->frames[0].function = maker_string(&maker, GO_KAFKA "NewAdminClient");
}

static const struct story rows[] = {
	{"channel-unseen", VERDICT_UNPROVEN, messages_come_out_of_the_channel, story_as_it_is,
	 go_was_seen_to_close_it},
	{"channel-unseen", VERDICT_UNPROVEN, batches_come_out_of_the_channel, story_as_it_is,
	 go_is_closing_it},
	{"channel-unseen", VERDICT_UNPROVEN, messages_come_out_of_the_channel, story_as_it_is,
	 they_come_from_produce},
	{"channel-unseen", VERDICT_UNPROVEN, messages_come_out_of_the_channel, story_as_it_is,
	 it_has_a_function_of_that_name},
	{"channel-unseen", VERDICT_UNPROVEN, go_got_no_message, story_as_it_is,
	 go_was_seen_to_close_it},
	{"channel-unseen", VERDICT_UNPROVEN, go_got_no_message, story_as_it_is,
	 it_made_an_admin_client},

	{"ended-unanswered", VERDICT_RACY, answers_are_withheld_from_a_forgetful_one,
	 it_ends_before_they_come, its_own_wait_gave_up_before},
	{"ended-unanswered", VERDICT_RACY, answers_are_withheld_from_a_forgetful_one,
	 it_ends_before_they_come, it_is_killed_in_a_wait},
	{"ended-unanswered", VERDICT_RACY, answers_are_withheld_from_a_forgetful_one,
	 it_ends_before_they_come, another_connection_took_its_place},
	{"racy-exit", VERDICT_RACY, answers_are_withheld_from_a_lucky_one,
	 its_last_answer_is_let_through_too_early, it_outlasts_them},
	{"waits-unproven", VERDICT_UNPROVEN, answers_are_withheld_from_a_lucky_one,
	 a_poller_outlives_an_earlier_answer, a_poller_outlasts_them},
	{"waits-unproven", VERDICT_UNPROVEN, answers_are_withheld_from_a_lucky_one,
	 the_relay_broke, a_poller_outlasts_them},
	{"waits-unproven", VERDICT_UNPROVEN, answers_are_withheld_from_a_lucky_one,
	 a_connection_passes_it_by, a_poller_outlasts_them},
	{"waits-unproven", VERDICT_UNPROVEN, answers_are_withheld_from_a_lucky_one,
	 what_passes_cannot_be_followed, a_poller_outlasts_them},
	{"waits-unproven", VERDICT_UNPROVEN, story_delivered, a_poller_takes_the_reports,
	 a_lucky_poll_takes_the_reports},
	{"waits-unproven", VERDICT_UNPROVEN, story_delivered, futures_of_its_messages_were_kept,
	 nobody_saw_whether_it_waited},
	{"racy-exit", VERDICT_RACY, story_delivered, never_waited, story_as_it_is},
	{"waits-unseen", VERDICT_BLIND, story_delivered, nobody_saw_whether_it_waited,
	 never_waited},
	{"held-unseen", VERDICT_BLIND, story_delivered, a_binding_holds_what_nobody_counts,
	 a_binding_holds_what_is_counted},
};

STORIES(wait);
