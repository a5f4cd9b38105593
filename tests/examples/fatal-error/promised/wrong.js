// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - goes on with a producer that has stopped for good
//
// raises: fatal-error
// run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;

const producer = new Kafka().producer({
  'bootstrap.servers': process.argv[2],
  'enable.idempotence': true,
});

// --8<--
async function main() {
  await producer.connect();
  for (let order = 0; order < 100; order++) {
    try {
      await producer.send({ topic: 'orders', messages: [{ value: `order ${order}` }] });
    } catch (error) {
      console.error(error.message); // after a fatal error each is refused
    }
  }
  await producer.disconnect();
}
// --8<--

main();
