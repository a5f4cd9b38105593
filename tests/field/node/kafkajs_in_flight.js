// SPDX-License-Identifier: Apache-2.0
// One message after the other, each promise kept; the program ends when the
// first has been answered.
const { Kafka } = require('kafkajs')
const security = require('./security')

const [broker, topic, count] = process.argv.slice(2)

const kafka = new Kafka({
  clientId: 'my-app',
  brokers: [broker],
  ...security.kafkajs(),
})

const run = async () => {
  const producer = kafka.producer()

  await producer.connect()
  const sent = Array.from({ length: Number(count) }, () =>
    producer.send({ topic, messages: [{ value: 'Hello KafkaJS user!' }] }))
  await Promise.race(sent)
  process.exit(0)
}

run()
