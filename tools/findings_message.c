/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_message.c - messages that came to an end other than delivery.
 */
#include "findings.h"

#include "judge.h"
#include "wording.h"

/* " (Local: Queue full)": the error that most of them had; else "". */
static const char *usual_error(const struct subject *at, bool rejected)
{
	const struct error *usual = NULL;

	for (size_t i = 0; i < at->producer->error_count; i++) {
		const struct error *error = &at->producer->errors[i];

		if (error->rejected == rejected &&
		    (!usual || error->messages > usual->messages))
			usual = error;
	}
	return usual && usual->name ? model_format(at->run, " (%s)", usual->name) : "";
}

bool when_failed_unseen(const struct subject *at)
{
	return judge_failed_unseen(at->producer) > 0;
}

void say_failed_unseen(const struct subject *at, struct finding *finding)
{
	int64_t unseen = judge_failed_unseen(at->producer);
	bool asked = at->producer->flags & PRODUCER_REPORTS;

	finding_evidence(finding, "failed", at->producer->tally.messages[FAILED]);
	finding_evidence(finding, "told", at->producer->failed_told);
	finding->text =
		model_format(at->run, "%s failed%s and the program was not told: %s.",
			     wording_count(at->run, unseen, "message"), usual_error(at, false),
			     asked ? "it never took these delivery reports"
				   : "it did not ask for delivery reports");
}

bool when_delivery_failed(const struct subject *at)
{
	return at->producer->failed_told > 0;
}

void say_delivery_failed(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "failed", at->producer->tally.messages[FAILED]);
	finding_evidence(finding, "told", at->producer->failed_told);
	finding->text =
		model_format(at->run, "%s failed%s, and the program was told.",
			     wording_count(at->run, at->producer->failed_told, "message"),
			     usual_error(at, false));
}

bool when_rejected_no_retry(const struct subject *at)
{
	return judge_not_retried(at->producer) > 0;
}

void say_rejected_no_retry(const struct subject *at, struct finding *finding)
{
	finding_evidence(finding, "rejected", at->producer->tally.messages[REJECTED]);
	finding_evidence(finding, "retried", at->producer->rejected_retried);
	finding->text = model_format(
		at->run, "produce refused %s%s; %s of them was tried again with success.",
		wording_count(at->run, at->producer->tally.messages[REJECTED], "message"),
		usual_error(at, true),
		at->producer->rejected_retried
			? model_format(at->run, "only %s",
				       wording_number(at->run, at->producer->rejected_retried))
			: "none");
}

bool when_purged(const struct subject *at)
{
	return at->producer->tally.messages[PURGED] > 0;
}

void say_purged(const struct subject *at, struct finding *finding)
{
	const struct tally *tally = &at->producer->tally;

	finding_evidence(finding, "purged", tally->messages[PURGED]);
	finding_evidence(finding, "purge_calls", at->producer->purge_calls);
	finding->text = model_format(at->run, "The program discarded %s, %s, on purpose.",
				     wording_count(at->run, tally->messages[PURGED], "message"),
				     wording_size_exact(at->run, tally->bytes[PURGED]));
}

bool when_acks0_unsent(const struct subject *at)
{
	return judge_unconfirmed(at->producer) != VERDICT_CLEAN;
}

void say_acks0_unsent(const struct subject *at, struct finding *finding)
{
	finding->verdict = judge_unconfirmed(at->producer);
	finding_evidence(finding, "unconfirmed", at->producer->tally.messages[UNCONFIRMED]);
	finding_evidence(finding, "unsent_bytes", at->producer->kernel_bytes);
	finding->text = model_format(
		at->run, "%s sent with acks=0, and %s of them %s.",
		wording_count(at->run, at->producer->tally.messages[UNCONFIRMED], "message"),
		wording_size_exact(at->run, at->producer->kernel_bytes),
		finding->verdict == VERDICT_LOST
			? "were dropped when the connection was reset"
			: "were still in the kernel's send queue when the connection ended");
}
