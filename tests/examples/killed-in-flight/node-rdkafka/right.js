// SPDX-License-Identifier: Apache-2.0
//
// right.js - ends its work on SIGTERM, and flushes
//
// run: --broker-rtt 400
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({ 'metadata.broker.list': process.argv[2] });
producer.connect();

let order = 0;
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 2000); // as a supervisor does

// --8<--
producer.on('ready', () => {
  const work = setInterval(() => {
    producer.produce('orders', null, Buffer.from(`order ${order++}`));
  }, 1);

  process.once('SIGTERM', () => {
    clearInterval(work);
    producer.flush(20000, (error) => { // less than the supervisor waits
      if (error)
        console.error(error.message);
      producer.disconnect();
    });
  });
});
// --8<--
