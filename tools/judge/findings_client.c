/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_client.c - findings about a client that itself takes most of the time.
 */
#include "judge/findings.h"

#include "judge/language.h"
#include "model/words.h"

/*
 * A client's processor time for each byte of its large messages; processor time, since that
 * does not grow on a busy machine. kafka-python 2.0.2 needed 253 ns to encode a byte where its
 * CRC-32C is written in Python (10 MB; 85 to 115 on a faster machine, under Python 3.11
 * and 3.13), and 0.4 ns where it is written in C; with gzip, which the user has chosen, 20
 * (JSON) to 53 (base64). So where the checksum is known to be Python's, a lower limit is used,
 * for machines that are several times as fast. The sum must be long enough for a person to
 * notice.
 */
#define SLOW_NS_PER_BYTE 100
#define SLOW_CHECKSUM_NS_PER_BYTE 10
#define SLOW_WORTH_SAYING_NS 100000000

/* Whether a part took longer than `per_byte` for each byte, and long enough to be reported. */
static bool is_slow(int64_t cpu_ns, int64_t bytes, int64_t per_byte)
{
	return bytes > 0 && cpu_ns >= SLOW_WORTH_SAYING_NS && cpu_ns / bytes >= per_byte;
}

static bool builds_slowly(const struct producer *producer)
{
	return is_slow(producer->stages.build_cpu_ns, producer->stages.built_bytes,
		       producer->flags & PRODUCER_SLOW_CHECKSUM ? SLOW_CHECKSUM_NS_PER_BYTE
								: SLOW_NS_PER_BYTE);
}

static bool sends_slowly(const struct producer *producer)
{
	return is_slow(producer->stages.send_cpu_ns, producer->stages.bytes, SLOW_NS_PER_BYTE);
}

bool when_client_slow(const struct subject *at)
{
	return builds_slowly(at->producer) || sends_slowly(at->producer);
}

/* The slowest large message of the producer whose times are known up to its first byte. */
static const struct large_message *slowest(const struct subject *at)
{
	const struct process *process = at->process;

	for (size_t i = 0; i < process->large_count; i++)
		if (process->large[i].producer == at->producer - process->producers &&
		    process->large[i].before_ns != UNKNOWN)
			return &process->large[i];
	return NULL;
}

static const char *known_time(struct run *run, int64_t ns)
{
	return ns == UNKNOWN ? "an unknown time" : words_time(run, ns);
}

/* " The slowest, 10,000,000 bytes: ..." */
static const char *slowest_words(const struct subject *at)
{
	const struct large_message *large = slowest(at);

	if (!large)
		return "";
	return model_format(at->run,
			    " The slowest, %s: %s from send() to the first byte, %s from that "
			    "to the last, %s from that to the answer.",
			    words_count(at->run, large->bytes, "byte"),
			    words_time(at->run, large->before_ns),
			    known_time(at->run, large->writing_ns),
			    known_time(at->run, large->answering_ns));
}

/* The advice of fixes.def is for a checksum in Python; if the cause is another, this replaces
 * it. */
static void advise_of_client(const struct subject *at, struct finding *finding)
{
	if (builds_slowly(at->producer) && at->producer->flags & PRODUCER_SLOW_CHECKSUM)
		return;
	if (builds_slowly(at->producer))
		finding_advises(finding,
				"look at what the client does with a batch: compression?",
				"Before the first byte of a request can be sent, the client "
				"sums up and compresses its batch. Take another "
				"compression.type, or smaller messages.");
	else if (at->producer->client == CLIENT_KAFKA_CLIENTS)
		finding_advises(finding,
				"look at what send() does: serializers and compression",
				"Before a record is in the client's memory, send() makes bytes "
				"of its key and value, by the serializers that the program "
				"gave it, and compresses them. Give it bytes, or a faster "
				"serializer; take another compression.type.");
	else
		finding_advises(finding, "look at what send() does: the serializers run in it",
				"Before a message is in the client's memory, send() makes "
				"bytes of its key and value, by the serializers that the "
				"program gave it. Give it bytes, or a faster serializer.");
}

void say_client_slow(const struct subject *at, struct finding *finding)
{
	const struct stages *stages = &at->producer->stages;
	bool building = builds_slowly(at->producer);
	bool checksum = building && at->producer->flags & PRODUCER_SLOW_CHECKSUM;

	finding_evidence(finding, "messages", stages->messages);
	finding_evidence(finding, "bytes", stages->bytes);
	finding_evidence(finding, "send_ns", stages->send_ns);
	finding_evidence(finding, "send_cpu_ns", stages->send_cpu_ns);
	finding_evidence(finding, "build_ns", stages->build_ns);
	finding_evidence(finding, "build_cpu_ns", stages->build_cpu_ns);
	finding_evidence(finding, "before_ns", stages->offered ? stages->before_ns : UNKNOWN);
	advise_of_client(at, finding);
	finding->text = model_format(
		at->run, "The client needed %s of the processor %s %s of large messages%s.%s",
		words_time(at->run, building ? stages->build_cpu_ns : stages->send_cpu_ns),
		building ? "to encode" : "inside send() for",
		words_size_exact(at->run, building ? stages->built_bytes : stages->bytes),
		checksum ? ", whose checksum (CRC-32C) it calculates in Python" : "",
		slowest_words(at));
}
