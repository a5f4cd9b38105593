// SPDX-License-Identifier: Apache-2.0
//
// wrong.rs - goes on when the queue is full
//
// raises: rejected-not-retried
// run: --broker-rtt 400
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

fn producer() -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new().set("bootstrap.servers", brokers).set("queue.buffering.max.messages", "10").create().unwrap()
}

fn main() {
    let producer = producer();

    // --8<--
    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);
        if let Err((error, _)) = producer.send(record) {
            eprintln!("{error}"); // and this order is gone
        }
    }
    // --8<--
    while producer.flush(Duration::from_secs(30)).is_err() {}
}
