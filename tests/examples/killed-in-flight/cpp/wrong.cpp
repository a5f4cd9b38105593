// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - is ended by SIGTERM in the middle of its work
//
// raises: killed-in-flight
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

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);
	auto producer = make_producer(conf.get());

	// --8<--
	for (int order = 0;; order++) // until SIGTERM ends the program at once
		send_order(*producer, order);
	// --8<--
}
