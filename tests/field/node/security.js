// SPDX-License-Identifier: Apache-2.0
// What each client must be told to get in where FIELD_SECURITY leads: nothing is
// said of plain text. The folder: ../broker/security.sh.
const fs = require('fs')

const at = process.env.FIELD_SECURITY

exports.librdkafka = () => !at ? {} : Object.fromEntries(
  fs.readFileSync(`${at}/librdkafka.properties`, 'utf8').trim().split('\n')
    .map(line => line.split(/=(.*)/s).slice(0, 2)))

exports.kafkajs = () => {
  if (!at) return {}
  const listener = JSON.parse(fs.readFileSync(`${at}/settings.json`, 'utf8'))
  const read = name => name ? fs.readFileSync(name) : undefined
  const { username, password } = listener
  return {
    ssl: { ca: [read(listener.ca)], cert: read(listener.cert), key: read(listener.key) },
    sasl: listener.mechanism ?
      { mechanism: listener.mechanism.toLowerCase(), username, password } : undefined,
  }
}
