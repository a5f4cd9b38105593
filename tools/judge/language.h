/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_JUDGE_LANGUAGE_H
#define UNFLUSHED_JUDGE_LANGUAGE_H

#include "model/model.h"

/* The languages, and where it matters the clients, that a fix is worded for. */
/* clang-format off */
#define VOICES(VOICE)                                                                           \
	VOICE(C,            "c",      "librdkafka")                                             \
	VOICE(CPP,          "c++",    "librdkafka++")                                           \
	VOICE(PYTHON,       "python", "confluent-kafka")                                        \
	VOICE(ASYNCIO,      "python", "confluent-kafka's AIOProducer")                          \
	VOICE(KAFKA_PYTHON, "python", "kafka-python")                                           \
	VOICE(AIOKAFKA,     "python", "aiokafka")                                               \
	VOICE(JAVA,         "java",   "kafka-clients")                                          \
	VOICE(RUST,         "rust",   "rust-rdkafka")                                           \
	VOICE(PHP,          "php",    "php-rdkafka")                                            \
	VOICE(GO,           "go",     "confluent-kafka-go")                                     \
	VOICE(NODE,         "node",   "node-rdkafka, confluent-kafka-javascript")               \
	VOICE(DOTNET,       "dotnet", "confluent-kafka-dotnet")
/* clang-format on */

enum voice {
#define VOICE(name, language, client) VOICE_##name,
	VOICES(VOICE)
#undef VOICE
};

/* The voice for the code that called `producer`; NULL: for the process. */
enum voice voice_of(const struct process *process, const struct producer *producer);

/* "python", "kafka-python" */
const char *voice_language(enum voice voice);
const char *voice_client(enum voice voice);

#endif
