// SPDX-License-Identifier: Apache-2.0
//
// right.js - makes a new producer after a fatal error, and produces again what is missing
//
// run: --broker-rtt 1
// met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
// judged: at_risk
const Kafka = require('node-rdkafka');

const settings = {
  'metadata.broker.list': process.argv[2],
  'enable.idempotence': true,
  dr_cb: true,
};

// --8<--
// Takes out of `missing`, a Set, the orders that are there.
function send(missing, done) {
  const producer = new Kafka.Producer(settings);

  producer.on('delivery-report', (error, report) => {
    if (!error)
      missing.delete(report.opaque);
  });
  producer.setPollInterval(100);
  producer.on('ready', () => {
    for (const order of missing) {
      try {
        producer.produce('orders', null, Buffer.from(order), null, null, order);
      } catch (error) {
        console.error(error.message); // ERR__FATAL: it takes no more messages
      }
    }
    producer.flush(60000, () => {
      producer.poll(); // takes the reports that are left
      producer.disconnect(done);
    });
  });
  producer.connect();
}

const orders = new Set(Array.from({ length: 100 }, (_, order) => `order ${order}`));

send(orders, () => {
  if (orders.size > 0)
    send(orders, () => {}); // with a new producer
});
// --8<--
