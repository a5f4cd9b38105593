// SPDX-License-Identifier: Apache-2.0
//
// right.rs - makes a new producer after a fatal error, and produces again what is missing
//
// run: --broker-rtt 1
// met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
// judged: at_risk
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use std::sync::Mutex;
use std::time::Duration;

// --8<--
static THERE: Mutex<[bool; 100]> = Mutex::new([false; 100]);

struct Deliveries;

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult, order: Box<usize>) {
        THERE.lock().unwrap()[*order] = result.is_ok();
    }
}

/// Sends those that are not there. True: the producer is sound, and may be asked again.
fn send_orders(producer: BaseProducer<Deliveries>) -> bool {
    for order in 0..100 {
        let value = format!("order {order}");
        let record: BaseRecord<str, str, Box<usize>> =
            BaseRecord::with_opaque_to("orders", Box::new(order)).payload(&value);

        if THERE.lock().unwrap()[order] {
            continue;
        }
        if let Err((error, _)) = producer.send(record) {
            eprintln!("{error}");
        }
    }
    while producer.flush(Duration::from_secs(30)).is_err() {} // calls delivery()
    producer.client().fatal_error().is_none()
}
// --8<--

fn producer() -> BaseProducer<Deliveries> {
    let brokers = std::env::args().nth(1).unwrap();

    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .create_with_context(Deliveries)
        .unwrap()
}

// --8<--
fn main() {
    if !send_orders(producer()) {
        send_orders(producer()); // the first one takes no more messages
    }
}
// --8<--
