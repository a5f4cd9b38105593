// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - gives each instance a transactional.id of its own
//
// run: --broker-rtt 1
// links: rdkafka++
#include "../../example.hpp"

static void check(RdKafka::Error *error)
{
	if (error) {
		std::cerr << error->str() << std::endl;
		exit(1);
	}
}

static void send_orders(RdKafka::Producer &producer)
{
	for (int order = 0; order < 100; order++)
		if (producer.produce("orders", RdKafka::Topic::PARTITION_UA,
				     RdKafka::Producer::RK_MSG_COPY, &order, sizeof(order),
				     nullptr, 0, 0, nullptr))
			std::cerr << "order " << order << " was refused\n";
}

// --8<--
// `instance`: its number among those that run at a time, the same after a restart.
static std::unique_ptr<RdKafka::Producer> start(int instance, const char *brokers)
{
	auto conf = make_conf(brokers);

	set_option(conf.get(), "transactional.id", "orders-" + std::to_string(instance));
	auto producer = make_producer(conf.get());
	check(producer->init_transactions(60000));
	return producer;
}
// --8<--

int main(int argc, char **argv)
{
	auto producer = start(0, argv[argc - 1]);

	check(producer->begin_transaction());
	send_orders(*producer);
	// A second instance starts, as at a rolling update, while this one still runs.
	auto second = start(1, argv[argc - 1]);
	check(producer->commit_transaction(60000));
	return 0;
}
