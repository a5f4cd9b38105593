// SPDX-License-Identifier: Apache-2.0
//
// example.hpp - what the examples in C++ leave out of what they show: making the producer.
#ifndef EXAMPLE_HPP
#define EXAMPLE_HPP

#include <cstdlib>
#include <iostream>
#include <librdkafka/rdkafkacpp.h>
#include <memory>
#include <string>

static inline void set_option(RdKafka::Conf *conf, const std::string &name,
			       const std::string &value)
{
	std::string why;

	if (conf->set(name, value, why) != RdKafka::Conf::CONF_OK) {
		std::cerr << why << std::endl;
		exit(2);
	}
}

static inline std::unique_ptr<RdKafka::Conf> make_conf(const std::string &brokers)
{
	std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));

	set_option(conf.get(), "bootstrap.servers", brokers);
	return conf;
}

static inline std::unique_ptr<RdKafka::Producer> make_producer(RdKafka::Conf *conf)
{
	std::string why;
	std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf, why));

	if (!producer) {
		std::cerr << why << std::endl;
		exit(2);
	}
	return producer;
}

#endif
