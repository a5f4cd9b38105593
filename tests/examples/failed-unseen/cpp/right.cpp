// SPDX-License-Identifier: Apache-2.0
//
// right.cpp - takes the delivery reports, and acts on them
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

// --8<--
class Deliveries : public RdKafka::DeliveryReportCb
{
      public:
	int failed = 0;

	void dr_cb(RdKafka::Message &message) override
	{
		if (message.err()) {
			std::cerr << message.errstr() << std::endl;
			failed++;
		}
	}
};
// --8<--

int main(int argc, char **argv)
{
	auto conf = make_conf(argv[argc - 1]);

	// --8<--
	Deliveries deliveries;
	std::string why;

	conf->set("dr_cb", &deliveries, why);
	auto producer = make_producer(conf.get());
	for (int order = 0; order < 100; order++)
		send_order(*producer, order);
	producer->flush(60000); // calls dr_cb()
	return deliveries.failed > 0;
	// --8<--
}
