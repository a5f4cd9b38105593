/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpp_reports.cpp - librdkafka++ with a delivery callback or without; messages time out.
 *
 * cpp_reports BOOTSTRAP told|copies|nobody [COUNT [MODULE]]
 * "copies" asks for the message's topic, too. MODULE is loaded first.
 * links: rdkafka++ dl
 */
#include <dlfcn.h>
#include <librdkafka/rdkafkacpp.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

struct Reports : RdKafka::DeliveryReportCb {
	int failed = 0;
	bool copies = false;

	void dr_cb(RdKafka::Message &message) override
	{
		failed += message.err() != RdKafka::ERR_NO_ERROR;
		if (copies)
			message.topic_name();
	}
};

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	int count = argc > 3 ? std::atoi(argv[3]) : 30;
	std::string why, who = argv[2];
	Reports reports;

	reports.copies = who == "copies";
	if (argc > 4 && !dlopen(argv[4], RTLD_NOW)) {
		std::cerr << dlerror() << "\n";
		return 2;
	}
	std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));

	conf->set("bootstrap.servers", argv[1], why);
	conf->set("message.timeout.ms", "300", why);
	conf->set("log_level", "0", why);
	if (who != "nobody")
		conf->set("dr_cb", &reports, why);
	std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), why));
	if (!producer) {
		std::cerr << why << "\n";
		return 2;
	}
	for (int i = 0; i < count; i++)
		producer->produce("stories", RdKafka::Topic::PARTITION_UA,
				  RdKafka::Producer::RK_MSG_COPY, &why[0], why.size(), nullptr,
				  0, 0, nullptr);
	std::cout << "flush: " << RdKafka::err2str(producer->flush(10000)) << std::endl;
	std::cout << "failed: " << reports.failed << std::endl;
	return 0;
}
