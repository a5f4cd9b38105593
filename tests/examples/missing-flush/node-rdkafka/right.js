// SPDX-License-Identifier: Apache-2.0
//
// right.js - flushes, and only then disconnects
//
// run: --broker-rtt 400
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({ 'metadata.broker.list': process.argv[2] });
producer.connect();

// --8<--
producer.on('ready', () => {
  for (let order = 0; order < 100; order++)
    producer.produce('orders', null, Buffer.from(`order ${order}`));
  producer.flush(60000, (error) => {
    if (error)
      console.error(error.message);
    producer.disconnect();
  });
});
// --8<--
