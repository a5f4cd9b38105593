// SPDX-License-Identifier: Apache-2.0
// A ClientKafka of NestJS in a standalone application: waits for each emit() and closes the
// application; waits and exits; emits and exits.
//
//	node nest.js BROKER TOPIC COUNT close|await|none
require('reflect-metadata')
const { Module } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')
const { ClientsModule, Transport } = require('@nestjs/microservices')
const { lastValueFrom } = require('rxjs')

const [broker, topic, count, mode] = process.argv.slice(2)

class Orders {}

Module({
  imports: [
    ClientsModule.register([
      {
        name: 'ORDERS',
        transport: Transport.KAFKA,
        options: { client: { brokers: [broker] }, producerOnlyMode: true },
      },
    ]),
  ],
})(Orders)

const run = async () => {
  const app = await NestFactory.createApplicationContext(Orders, { logger: ['error'] })
  const client = app.get('ORDERS')

  await client.connect()
  // emit() is hot: it sends, whether somebody subscribes or not.
  const sent = Array.from({ length: Number(count) }, (_, i) =>
    client.emit(topic, { value: `order ${i}` })
  )
  if (mode !== 'none') await Promise.all(sent.map(one => lastValueFrom(one)))
  if (mode === 'close') await app.close()
  else process.exit(0)
}

run().catch(error => {
  console.error(error)
  process.exit(1)
})
