// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - asks for no delivery reports
//
// raises: failed-unseen
// run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({ 'metadata.broker.list': process.argv[2] });
producer.connect();

// --8<--
producer.on('ready', () => {
  for (let order = 0; order < 100; order++)
    producer.produce('orders', null, Buffer.from(`order ${order}`));
  producer.flush(60000, () => producer.disconnect()); // what failed is not left
});
// --8<--
