// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - deletes the producer with what it holds
//
// raises: destroy-without-flush
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
	{
		std::unique_ptr<RdKafka::Producer> producer = make_producer(conf.get());

		for (int order = 0; order < 100; order++)
			send_order(*producer, order);
	} // deleted here, which does not wait
	// --8<--
	return 0;
}
