// SPDX-License-Identifier: Apache-2.0
// A server of express that produces with kafkajs. Of the environment: BROKER, TOPIC, and MODE:
// stop    awaits each send, and disconnects when SIGTERM comes
// await   awaits each send before it answers, and has no hook
// forget  answers before a producer of each request's own is even connected
const express = require('express')
const { Kafka } = require('kafkajs')

const { BROKER, TOPIC, MODE } = process.env
const kafka = new Kafka({ brokers: [BROKER] })
const producer = kafka.producer()
const order = { topic: TOPIC, messages: [{ value: 'an order' }] }
const app = express()

app.get('/order', async (request, response) => {
  if (MODE === 'forget') {
    const mine = kafka.producer()
    mine.connect().then(() => mine.send(order))
  } else {
    await producer.send(order)
  }
  response.send('ok')
})

const run = async () => {
  await producer.connect()
  const server = app.listen(Number(process.argv[2]), '127.0.0.1')
  if (MODE === 'stop')
    process.on('SIGTERM', () => {
      server.close(async () => {
        await producer.disconnect()
        process.exit(0)
      })
    })
}

run()
