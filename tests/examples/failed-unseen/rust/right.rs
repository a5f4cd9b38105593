// SPDX-License-Identifier: Apache-2.0
//
// right.rs - has a context that takes the delivery reports
//
// run: --broker-rtt 1
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

// --8<--
static FAILED: AtomicUsize = AtomicUsize::new(0);

struct Deliveries;

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult, _: ()) {
        if let Err((error, message)) = result {
            eprintln!("{error}: {:?}", message.payload());
            FAILED.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn main() {
    let brokers = std::env::args().nth(1).unwrap();
    let producer: BaseProducer<Deliveries> = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .create_with_context(Deliveries)
        .unwrap();

    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str> = BaseRecord::to("orders").payload(&value);
        producer.send(record).unwrap();
    }
    while producer.flush(Duration::from_secs(30)).is_err() {} // calls delivery()
    std::process::exit((FAILED.load(Ordering::SeqCst) > 0) as i32);
}
// --8<--
