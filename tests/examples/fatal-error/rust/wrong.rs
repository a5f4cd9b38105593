// SPDX-License-Identifier: Apache-2.0
//
// wrong.rs - goes on with a producer that has stopped for good
//
// raises: fatal-error
// run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

fn producer() -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .create()
        .unwrap()
}

// --8<--
fn main() {
    let producer = producer();

    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);

        if let Err((error, _)) = producer.send(record) {
            eprintln!("{error}"); // after a fatal error each is refused
        }
        while producer.flush(Duration::from_secs(30)).is_err() {}
    }
}
// --8<--
