// SPDX-License-Identifier: Apache-2.0
// The same, but nobody awaits what send() promised.
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
  producer.send({
    topic,
    messages: Array.from({ length: Number(count) }, () => ({ value: 'Hello KafkaJS user!' })),
  })
  process.exit(0)
}

run()
