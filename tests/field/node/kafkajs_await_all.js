// SPDX-License-Identifier: Apache-2.0
// One request for each message, all on their way at once, and all awaited.
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
  await Promise.all(Array.from({ length: Number(count) }, () =>
    producer.send({ topic, messages: [{ value: 'Hello KafkaJS user!' }] })))

  await producer.disconnect()
}

run()
