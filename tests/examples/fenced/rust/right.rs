// SPDX-License-Identifier: Apache-2.0
//
// right.rs - gives each instance a transactional.id of its own
//
// run: --broker-rtt 1
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

// --8<--
/// `instance`: its number among those that run at a time, the same after a restart.
fn start(instance: u32) -> BaseProducer {
    let brokers = std::env::args().nth(1).unwrap();
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("transactional.id", format!("orders-{instance}"))
        .create()
        .unwrap();

    producer.init_transactions(PATIENCE).unwrap();
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
    first.commit_transaction(PATIENCE).unwrap();
}
