// SPDX-License-Identifier: Apache-2.0
// The BaseProducer of rust-rdkafka's documentation.
use std::env;
use std::time::Duration;

use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

mod security;

fn main() {
    let args: Vec<String> = env::args().collect();
    let producer: BaseProducer = security::config()
        .set("bootstrap.servers", &args[1])
        .create()
        .expect("Producer creation error");

    for _ in 0..args[3].parse().unwrap() {
        producer
            .send(
                BaseRecord::to(&args[2])
                    .payload("this is the payload")
                    .key("and this is a key"),
            )
            .expect("Failed to enqueue");
    }

    // Poll at regular intervals to process all the asynchronous delivery events.
    for _ in 0..10 {
        producer.poll(Duration::from_millis(100));
    }

    // And/or flush the producer before dropping it. With a second as the bound, flush() says
    // after a tenth of one, about once in a hundred runs and without the shim as well, that it
    // timed out, while what is left is delivered.
    while producer.flush(Duration::from_secs(1)).is_err() {}
}
