// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - commits what it has begun
//
// run: --broker-rtt 1
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

static void check(RdKafka::Error *error)
{
	if (error) {
		std::cerr << error->str() << std::endl;
		exit(1);
	}
}

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);

	set_option(conf.get(), "transactional.id", "orders-1");
	auto producer = make_producer(conf.get());
	// --8<--
	check(producer->init_transactions(60000));
	check(producer->begin_transaction());
	for (int order = 0; order < 100; order++)
		send_order(*producer, order);

	std::unique_ptr<RdKafka::Error> error(producer->commit_transaction(60000));
	if (error && error->txn_requires_abort()) {
		check(producer->abort_transaction(60000));
		std::cerr << "aborted: produce the orders again\n";
	}
	check(error.get()); // says what it was, and ends
	// --8<--
	return 0;
}
