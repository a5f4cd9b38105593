// SPDX-License-Identifier: Apache-2.0
//
// wrong.rs - gives each instance the same transactional.id
//
// raises: fenced
// run: --broker-errors EndTxn=PRODUCER_FENCED
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

// --8<--
fn start(_instance: u32) -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("transactional.id", "orders") // of all instances
        .create()
        .unwrap();

    producer.init_transactions(PATIENCE).unwrap(); // ends the others' transactions
    producer
}
// --8<--

fn main() {
    let first = start(0);

    first.begin_transaction().unwrap();
    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);
        first.send(record).unwrap();
    }
    // A second instance starts, as at a rolling update, while this one still runs.
    let _second = start(1);
    first.commit_transaction(PATIENCE).unwrap(); // Err: Fenced
}
