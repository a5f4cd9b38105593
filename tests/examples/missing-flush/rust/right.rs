// SPDX-License-Identifier: Apache-2.0
//
// right.rs - flushes before the producer is dropped
//
// run: --broker-rtt 400
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

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
    while producer.flush(Duration::from_secs(30)).is_err() {
        eprintln!("{} orders are left", producer.in_flight_count());
    }
}
// --8<--
