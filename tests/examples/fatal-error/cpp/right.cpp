// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - makes a new producer after a fatal error, and produces again what is missing
//
// run: --broker-rtt 1
// met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
// judged: failed
// links: rdkafka++
#include "../../example.hpp"

#include <array>

static void send_order(RdKafka::Producer &producer, int order)
{
	RdKafka::ErrorCode error = producer.produce("orders", RdKafka::Topic::PARTITION_UA,
						    RdKafka::Producer::RK_MSG_COPY, &order,
						    sizeof(order), nullptr, 0, 0, nullptr);

	if (error)
		std::cerr << RdKafka::err2str(error) << std::endl;
}

// --8<--
class Reports : public RdKafka::DeliveryReportCb
{
      public:
	std::array<bool, 100> there{};

	void dr_cb(RdKafka::Message &message) override
	{
		there[*static_cast<const int *>(message.payload())] = !message.err();
	}
};

// Those that are not there. True: the producer is sound, and may be asked again.
static bool send_orders(RdKafka::Producer &producer, const Reports &reports)
{
	std::string why;

	for (int order = 0; order < 100; order++)
		if (!reports.there[order])
			send_order(producer, order);
	producer.flush(60000); // calls dr_cb()
	return producer.fatal_error(why) == RdKafka::ERR_NO_ERROR;
}
// --8<--

static std::unique_ptr<RdKafka::Producer> start(const char *brokers, Reports &reports)
{
	auto conf = make_conf(brokers);
	std::string why;

	set_option(conf.get(), "enable.idempotence", "true");
	conf->set("dr_cb", &reports, why);
	return make_producer(conf.get());
}

int main(int argc, char **argv)
{
	Reports reports;
	// --8<--
	auto producer = start(argv[argc - 1], reports);

	if (!send_orders(*producer, reports)) { // it takes no more messages
		producer = start(argv[argc - 1], reports);
		send_orders(*producer, reports);
	}
	// --8<--
	return 0;
}
