// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - waits for room, and produces again
//
// run: --broker-rtt 100
// links: rdkafka++
#include "../../example.hpp"

// --8<--
static void send_order(RdKafka::Producer &producer, int order)
{
	RdKafka::ErrorCode error;

	while ((error = producer.produce("orders", RdKafka::Topic::PARTITION_UA,
					 RdKafka::Producer::RK_MSG_COPY, &order, sizeof(order),
					 nullptr, 0, 0, nullptr)) == RdKafka::ERR__QUEUE_FULL)
		producer.poll(100); // serves reports, and so makes room
	if (error)
		std::cerr << RdKafka::err2str(error) << std::endl;
}
// --8<--

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);

	set_option(conf.get(), "queue.buffering.max.messages", "10");
	auto producer = make_producer(conf.get());
	for (int order = 0; order < 30; order++)
		send_order(*producer, order);
	if (producer->flush(60000))
		std::cerr << producer->outq_len() << " orders were not delivered\n";
	return 0;
}
