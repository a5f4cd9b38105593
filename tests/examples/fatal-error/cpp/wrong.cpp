// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - goes on with a producer that has stopped for good
//
// raises: fatal-error
// run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
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

	set_option(conf.get(), "enable.idempotence", "true");
	// --8<--
	auto producer = make_producer(conf.get());
	for (int order = 0; order < 100; order++) {
		send_order(*producer, order); // after a fatal error each is refused
		producer->flush(60000);
	}
	// --8<--
	return 0;
}
