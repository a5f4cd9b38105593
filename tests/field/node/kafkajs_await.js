// SPDX-License-Identifier: Apache-2.0
// The producer of kafkajs' "Getting started".
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
  await producer.send({
    topic,
    messages: Array.from({ length: Number(count) }, () => ({ value: 'Hello KafkaJS user!' })),
  })

  await producer.disconnect()
}

run()
