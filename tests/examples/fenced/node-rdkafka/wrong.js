// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - gives each instance the same transactional.id
//
// raises: fenced
// run: --broker-errors EndTxn=PRODUCER_FENCED
const Kafka = require('node-rdkafka');
const { promisify } = require('util');

// --8<--
async function start(instance) {
  const producer = new Kafka.Producer({
    'metadata.broker.list': process.argv[2],
    'transactional.id': 'orders', // of all instances
  });

  await promisify(producer.connect).call(producer, {});
  await promisify(producer.initTransactions).call(producer, 60000); // ends the others'
  return producer;
}
// --8<--

async function main() {
  const first = await start(0);
  let second;

  try {
    await promisify(first.beginTransaction).call(first);
    for (let order = 0; order < 100; order++)
      first.produce('orders', null, Buffer.from(`order ${order}`));
    // A second instance starts, as at a rolling update, while this one still runs.
    second = await start(1);
    await promisify(first.commitTransaction).call(first, 60000); // fails: ERR__FENCED
  } finally {
    first.disconnect();
    if (second)
      second.disconnect();
  }
}

main();
