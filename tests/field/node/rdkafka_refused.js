// SPDX-License-Identifier: Apache-2.0
// The callback API; the last two messages are of the day after tomorrow, which a broker of
// Kafka 4 refuses (message.timestamp.after.max.ms). REPORTS is dr_cb, dr_msg_cb, or none.
const [name, broker, topic, count, reports] = process.argv.slice(2);
const Kafka = require(name);
const security = require('./security');

const settings = {
  'metadata.broker.list': broker,
  ...security.librdkafka()
};
if (reports !== 'none')
  settings[reports] = true;
const producer = new Kafka.Producer(settings);

producer.on('event.error', (err) => {
  console.error(err);
});
producer.on('delivery-report', (err, report) => {
  if (err)
    console.error(`${err}: ${report.topic}`);
});
producer.setPollInterval(100);
producer.connect();

function send(messages, timestamp) {
  for (let i = 0; i < messages; i++)
    producer.produce(topic, null, Buffer.from('Awesome message'), 'Stormwind', timestamp);
}

producer.on('ready', () => {
  send(Number(count) - 2, Date.now());
  producer.flush(10000, () => {
    send(2, Date.now() + 2 * 24 * 3600 * 1000);
    producer.flush(10000, () => {
      producer.disconnect();
    });
  });
});
