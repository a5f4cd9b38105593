// SPDX-License-Identifier: Apache-2.0
// What librdkafka must be told to get in where FIELD_SECURITY leads: nothing is
// said of plain text. The folder: ../broker/security.sh.
use std::{env, fs};

use rdkafka::config::ClientConfig;

pub fn config() -> ClientConfig {
    let mut config = ClientConfig::new();
    if let Ok(at) = env::var("FIELD_SECURITY") {
        let text = fs::read_to_string(at + "/librdkafka.properties").expect("No properties");
        for (word, value) in text.lines().filter_map(|line| line.split_once('=')) {
            config.set(word, value);
        }
    }
    config
}
