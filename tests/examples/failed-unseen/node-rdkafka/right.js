// SPDX-License-Identifier: Apache-2.0
//
// right.js - takes the delivery reports, and acts on them
//
// run: --broker-rtt 1
const Kafka = require('node-rdkafka');

// --8<--
const producer = new Kafka.Producer({
  'metadata.broker.list': process.argv[2],
  dr_msg_cb: true, // each report comes with its message
});

producer.on('delivery-report', (error, report) => {
  if (error) {
    console.error(error.message, report.value.toString());
    process.exitCode = 1;
  }
});
producer.setPollInterval(100); // without it no report is taken
producer.on('ready', () => {
  for (let order = 0; order < 100; order++)
    producer.produce('orders', null, Buffer.from(`order ${order}`));
  producer.flush(60000, () => producer.disconnect());
});
producer.connect();
// --8<--
