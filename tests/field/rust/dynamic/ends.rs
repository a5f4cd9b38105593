// SPDX-License-Identifier: Apache-2.0
// Each producer of rust-rdkafka in each way in which it can go out of scope.
//
//     ends BOOTSTRAP TOPIC base_drop|base_flush|threaded_drop|future_drop|future_await

use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, FutureProducer};
use rdkafka::producer::{FutureRecord, Producer, ThreadedProducer};
use std::time::Duration;

const MESSAGES: usize = 50;

fn base(producer: &BaseProducer, topic: &str) {
    for _ in 0..MESSAGES {
        let record: BaseRecord<str, str> = BaseRecord::to(topic).payload("an order");
        producer.send(record).unwrap();
    }
}

fn threaded(producer: &ThreadedProducer<DefaultProducerContext>, topic: &str) {
    for _ in 0..MESSAGES {
        let record: BaseRecord<str, str> = BaseRecord::to(topic).payload("an order");
        producer.send(record).unwrap();
    }
}

async fn future(producer: &FutureProducer, topic: &str, awaits: bool) {
    let mut sent = Vec::new();
    for _ in 0..MESSAGES {
        let record: FutureRecord<str, str> = FutureRecord::to(topic).payload("an order");
        let delivery = producer.send_result(record).map_err(|_| ()).unwrap();
        if awaits {
            sent.push(delivery);
        }
    }
    for delivery in sent {
        delivery.await.unwrap().unwrap();
    }
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (topic, way) = (args[2].as_str(), args[3].as_str());
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &args[1]);

    match way {
        "base_drop" | "base_flush" => {
            let producer: BaseProducer = config.create().unwrap();
            base(&producer, topic);
            if way == "base_flush" {
                producer.flush(Duration::from_secs(30)).unwrap();
            }
        }
        "threaded_drop" => threaded(&config.create().unwrap(), topic),
        _ => future(&config.create().unwrap(), topic, way == "future_await").await,
    }
}
