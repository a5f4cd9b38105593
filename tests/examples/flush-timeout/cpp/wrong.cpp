// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - takes a flush that gave up for one that waited
//
// raises: flush-timeout
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
	auto producer = make_producer(conf.get());

	// --8<--
	for (int order = 0; order < 100; order++)
		send_order(*producer, order);
	producer->flush(100); // gives up after 100 ms, and says so to nobody
	// --8<--
	return 0;
}
