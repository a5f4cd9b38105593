// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - leaves its loop on SIGTERM, and flushes
//
// run: --broker-rtt 400
// links: rdkafka++
#include "../../example.hpp"
#include <csignal>
#include <unistd.h>

static void send_order(RdKafka::Producer &producer, int order)
{
	RdKafka::ErrorCode error = producer.produce("orders", RdKafka::Topic::PARTITION_UA,
						    RdKafka::Producer::RK_MSG_COPY, &order,
						    sizeof(order), nullptr, 0, 0, nullptr);

	if (error)
		std::cerr << RdKafka::err2str(error) << std::endl;
	if (order == 100)
		kill(getpid(), SIGTERM); // as a supervisor does
}

// --8<--
static volatile std::sig_atomic_t stopping;

static void stop(int)
{
	stopping = 1; // no call of librdkafka here: it may be inside one
}
// --8<--

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);
	auto producer = make_producer(conf.get());

	// --8<--
	std::signal(SIGTERM, stop);
	for (int order = 0; !stopping; order++)
		send_order(*producer, order);
	if (producer->flush(20000)) // less than the supervisor waits
		std::cerr << producer->outq_len() << " orders were not delivered\n";
	// --8<--
	return 0;
}
