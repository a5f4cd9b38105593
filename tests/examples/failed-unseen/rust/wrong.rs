// SPDX-License-Identifier: Apache-2.0
//
// wrong.rs - has a producer without a context, which nobody tells
//
// raises: failed-unseen
// run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

fn producer() -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap()
}

fn main() {
    let producer = producer();

    // --8<--
    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);
        producer.send(record).unwrap();
    }
    while producer.flush(Duration::from_secs(30)).is_err() {} // what failed is not left
    // --8<--
}
