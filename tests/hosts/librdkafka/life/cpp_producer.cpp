/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpp_producer.cpp - librdkafka++ with or without a flush; may throw out of main.
 *
 * cpp_producer BOOTSTRAP flush|forget|throw [COUNT]
 * links: rdkafka++
 */
#include <librdkafka/rdkafkacpp.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

static RdKafka::ErrorCode send_order(RdKafka::Producer &producer, int number)
{
	std::string order = "order " + std::to_string(number);

	return producer.produce("stories", RdKafka::Topic::PARTITION_UA,
				RdKafka::Producer::RK_MSG_COPY, &order[0], order.size(),
				nullptr, 0, 0, nullptr);
}

int main(int argc, char **argv)
{
	std::string bootstrap = argc > 1 ? argv[1] : "localhost:9092";
	std::string end = argc > 2 ? argv[2] : "forget";
	int count = argc > 3 ? std::atoi(argv[3]) : 100;
	std::string why;
	std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));

	conf->set("bootstrap.servers", bootstrap, why);
	std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), why));
	if (!producer) {
		std::cerr << why << "\n";
		return 2;
	}
	for (int i = 0; i < count; i++)
		if (send_order(*producer, i) != RdKafka::ERR_NO_ERROR)
			std::cerr << "refused\n";
	if (end == "flush")
		std::cout << "flush: " << RdKafka::err2str(producer->flush(30000)) << std::endl;
	if (end == "throw")
		throw std::runtime_error("nobody catches this");
	return 0;
}
