// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - exits with what it produced still in the queue
//
// raises: missing-flush
// run: --broker-rtt 1000
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({ 'metadata.broker.list': process.argv[2] });
producer.connect();

// --8<--
producer.on('ready', () => {
  for (let order = 0; order < 100; order++)
    producer.produce('orders', null, Buffer.from(`order ${order}`));
  process.exit(0); // nothing waits: the orders are still in the queue
});
// --8<--
