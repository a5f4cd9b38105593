// SPDX-License-Identifier: Apache-2.0
//
// wrong.js - is ended by SIGTERM in the middle of its work
//
// raises: killed-in-flight
// run: --broker-rtt 400
const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({ 'metadata.broker.list': process.argv[2] });
producer.connect();

let order = 0;
setTimeout(() => process.kill(process.pid, 'SIGTERM'), 2000); // as a supervisor does

// --8<--
producer.on('ready', () => {
  setInterval(() => { // until SIGTERM ends the program at once
    producer.produce('orders', null, Buffer.from(`order ${order++}`));
  }, 1);
});
// --8<--
