// SPDX-License-Identifier: Apache-2.0
// The callback API, as INTRODUCTION.md shows it, up to the last message.
const [name, broker, topic, count] = process.argv.slice(2);
const Kafka = require(name);
const security = require('./security');

const producer = new Kafka.Producer({
  'metadata.broker.list': broker,
  ...security.librdkafka(),
  'dr_cb': true
});

// Connect to the broker manually
producer.connect();

// Any errors we encounter, including connection errors
producer.on('event.error', (err) => {
  console.error('Error from producer');
  console.error(err);
})

producer.on('delivery-report', (err, report) => {
  // Report of delivery statistics here:
});

// We must either call .poll() manually after sending messages
// or set the producer to poll on an interval (.setPollInterval).
// Without this, we do not get delivery events and the queue
// will eventually fill up.
producer.setPollInterval(100);

// Wait for the ready event before proceeding
producer.on('ready', () => {
  for (let i = 0; i < Number(count); i++) {
    producer.produce(topic, null, Buffer.from('Awesome message'), 'Stormwind', Date.now());
  }
  process.exit(0);
});
