// SPDX-License-Identifier: Apache-2.0
//
// right.js - makes a new producer after a fatal error, and sends again what is missing
//
// run: --broker-rtt 1
// met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
// judged: at_risk
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;

const settings = {
  'bootstrap.servers': process.argv[2],
  'enable.idempotence': true,
};

// --8<--
// Takes out of `missing`, a Set, the orders that are there.
async function send(missing) {
  const producer = new Kafka().producer(settings);

  await producer.connect();
  await Promise.all([...missing].map(async (order) => {
    try {
      await producer.send({ topic: 'orders', messages: [{ value: order }] });
      missing.delete(order);
    } catch (error) {
      console.error(error.message);
    }
  }));
  await producer.disconnect();
}

async function main() {
  const orders = new Set(Array.from({ length: 100 }, (_, order) => `order ${order}`));

  await send(orders);
  if (orders.size > 0)
    await send(orders); // with a new producer
}
// --8<--

main();
