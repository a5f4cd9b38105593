// SPDX-License-Identifier: Apache-2.0
// The BaseProducer of rust-rdkafka's documentation, up to the last message.
use std::env;

use rdkafka::producer::{BaseProducer, BaseRecord};

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
}
