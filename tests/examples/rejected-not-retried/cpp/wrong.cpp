// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - goes on when the queue is full
//
// raises: rejected-not-retried
// run: --broker-rtt 400
// links: rdkafka++
#include "../../example.hpp"

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);

	set_option(conf.get(), "queue.buffering.max.messages", "10");
	auto producer = make_producer(conf.get());
	// --8<--
	for (int order = 0; order < 100; order++)
		producer->produce("orders", RdKafka::Topic::PARTITION_UA, // the result is lost
				  RdKafka::Producer::RK_MSG_COPY, &order, sizeof(order),
				  nullptr, 0, 0, nullptr);
	// --8<--
	producer->flush(60000);
	return 0;
}
