// SPDX-License-Identifier: Apache-2.0
// The producer of confluent-kafka-javascript's README, which awaits nothing and exits.
const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;
const security = require('./security');

const [broker, topic, count] = process.argv.slice(2);

async function producerStart() {
    const producer = new Kafka().producer({
        'bootstrap.servers': broker,
        ...security.librdkafka(),
    });

    await producer.connect();
    console.log("Connected successfully");

    const res = []
    for (let i = 0; i < Number(count); i++) {
        res.push(producer.send({
            topic,
            messages: [
                { value: 'v', partition: 0, key: 'x' },
            ]
        }));
    }
    process.exit(0);
}

producerStart();
