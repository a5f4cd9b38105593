// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - goes on with a producer that has stopped for good
//
// raises: fatal-error
// run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({
  'metadata.broker.list': process.argv[2],
  'enable.idempotence': true,
});
producer.connect();

// --8<--
producer.on('event.error', (error) => console.error(error.message)); // a fatal one, too

function produce(order) {
  try {
    producer.produce('orders', null, Buffer.from(`order ${order}`));
  } catch (error) {
    console.error(error.message); // after a fatal error each is refused
  }
  producer.flush(60000, () => {
    if (order < 99)
      produce(order + 1);
    else
      producer.disconnect();
  });
}

producer.on('ready', () => produce(0));
// --8<--
