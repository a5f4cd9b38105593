// SPDX-License-Identifier: Apache-2.0
//
// right.rs - waits for room, and sends again
//
// run: --broker-rtt 100
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

fn producer() -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new().set("bootstrap.servers", brokers).set("queue.buffering.max.messages", "10").create().unwrap()
}

// --8<--
fn send(producer: &BaseProducer, value: &str) -> Result<(), KafkaError> {
    let mut record: BaseRecord<str, str> = BaseRecord::to("orders").payload(value);

    loop {
        match producer.send(record) {
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                producer.poll(Duration::from_millis(100)); // makes room
                record = refused;
            }
            other => return other.map_err(|(error, _)| error),
        }
    }
}
// --8<--

fn main() {
    let producer = producer();

    for order in 0..30 {
        send(&producer, &format!("order {order}")).unwrap();
    }
    while producer.flush(Duration::from_secs(30)).is_err() {}
}
