// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - gives each instance the same transactional.id
//
// raises: fenced
// run: --broker-errors EndTxn=PRODUCER_FENCED
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;

// --8<--
async function start(instance) {
  const producer = new Kafka().producer({
    'bootstrap.servers': process.argv[2],
    'transactional.id': 'orders', // of all instances
  });

  await producer.connect(); // ends the others' transactions
  return producer;
}
// --8<--

async function main() {
  const first = await start(0);
  const transaction = await first.transaction();
  let second;

  try {
    const messages = [];
    for (let order = 0; order < 100; order++)
      messages.push({ value: `order ${order}` });
    await transaction.send({ topic: 'orders', messages });
    // A second instance starts, as at a rolling update, while this one still runs.
    second = await start(1);
    await transaction.commit(); // throws: fenced
  } finally {
    await first.disconnect();
    if (second)
      await second.disconnect();
  }
}

main();
