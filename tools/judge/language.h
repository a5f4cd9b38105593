/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_JUDGE_LANGUAGE_H
#define UNFLUSHED_JUDGE_LANGUAGE_H

#include "model/model.h"

/* The language, and where it matters the client, that a fix is worded for. */
enum voice {
	VOICE_C,
	VOICE_CPP,	    /* librdkafka++ */
	VOICE_PYTHON,	    /* confluent-kafka */
	VOICE_ASYNCIO,	    /* confluent-kafka's AIOProducer */
	VOICE_KAFKA_PYTHON, /* kafka-python */
	VOICE_AIOKAFKA,	    /* aiokafka */
	VOICE_JAVA,	    /* kafka-clients */
	VOICE_RUST,	    /* rust-rdkafka */
	VOICE_PHP,	    /* php-rdkafka */
	VOICE_GO,	    /* confluent-kafka-go */
	VOICE_NODE,	    /* node-rdkafka, confluent-kafka-javascript */
	VOICE_DOTNET,	    /* confluent-kafka-dotnet */
};

/* Of the code that called `producer`; NULL: of the process. */
enum voice voice_of(const struct process *process, const struct producer *producer);

#endif
