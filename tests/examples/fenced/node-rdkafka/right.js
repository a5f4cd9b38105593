// SPDX-License-Identifier: Apache-2.0
//
// right.js - gives each instance a transactional.id of its own
//
// run: --broker-rtt 1
const Kafka = require('node-rdkafka');
const { promisify } = require('util');

// --8<--
// instance: its number among those that run at a time, the same after a restart.
async function start(instance) {
  const producer = new Kafka.Producer({
    'metadata.broker.list': process.argv[2],
    'transactional.id': `orders-${instance}`,
  });

  await promisify(producer.connect).call(producer, {});
  await promisify(producer.initTransactions).call(producer, 60000);
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
    await promisify(first.commitTransaction).call(first, 60000);
  } finally {
    first.disconnect();
    if (second)
      second.disconnect();
  }
}

main();
