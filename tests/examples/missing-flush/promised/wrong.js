// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - awaits nothing, and exits
//
// raises: missing-flush
// run: --broker-rtt 1000
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;

const producer = new Kafka().producer({ 'bootstrap.servers': process.argv[2] });

// --8<--
async function main() {
  await producer.connect();
  for (let order = 0; order < 100; order++)
    producer.send({ topic: 'orders', messages: [{ value: `order ${order}` }] });
  process.exit(0); // nothing waits: the promises are not settled
}
// --8<--

main();
