// SPDX-License-Identifier: Apache-2.0
//
// right.js - awaits every send, and disconnects
//
// run: --broker-rtt 400
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;

const producer = new Kafka().producer({ 'bootstrap.servers': process.argv[2] });

// --8<--
async function main() {
  const sent = [];

  await producer.connect();
  for (let order = 0; order < 100; order++)
    sent.push(producer.send({ topic: 'orders', messages: [{ value: `order ${order}` }] }));
  try {
    await Promise.all(sent); // throws what became of an order that failed
    await producer.flush({ timeout: 60000 });
  } finally {
    await producer.disconnect();
  }
}
// --8<--

main();
