// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - ends the program with what it produced still in the queue
//
// raises: missing-flush
// run: --broker-rtt 1000
// links: rdkafka++
#include "../../example.hpp"

static void send_order(RdKafka::Producer &producer, int order)
{
	RdKafka::ErrorCode error = producer.produce("orders", RdKafka::Topic::PARTITION_UA,
						    RdKafka::Producer::RK_MSG_COPY, &order,
						    sizeof(order), nullptr, 0, 0, nullptr);

	if (error)
		std::cerr << RdKafka::err2str(error) << std::endl;
}

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);

	// --8<--
	auto producer = make_producer(conf.get());

	for (int order = 0; order < 100; order++)
		send_order(*producer, order);
	exit(0); // nothing waits: the orders are still in the queue
		 // --8<--
}
