// SPDX-License-Identifier: Apache-2.0
//
// wrong.cpp - gives each instance the same transactional.id
//
// raises: fenced
// run: --broker-errors EndTxn=PRODUCER_FENCED
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
static std::unique_ptr<RdKafka::Producer> start(int, const char *brokers)
{
	auto conf = make_conf(brokers);

	set_option(conf.get(), "transactional.id", "orders"); // of all instances
	auto producer = make_producer(conf.get());
	check(producer->init_transactions(60000)); // ends the others' transactions
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
	check(producer->commit_transaction(60000)); // ERR__FENCED
	return 0;
}
