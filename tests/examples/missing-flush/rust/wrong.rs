// SPDX-License-Identifier: Apache-2.0
//
// wrong.rs - drops the producer with what it holds
//
// raises: dropped-by-wrapper
// run: --broker-rtt 1000
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord};

fn producer() -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap()
}

// --8<--
fn main() {
    let producer = producer();

    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);
        producer.send(record).unwrap();
    }
} // dropped here: what is queued is purged
// --8<--
