// SPDX-License-Identifier: Apache-2.0
// Each message is waited for at a delivery channel, and the producer is never closed.
package main

import (
	"os"
	"strconv"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func main() {
	config := kafka.ConfigMap{"bootstrap.servers": os.Args[1]}
	for word, value := range librdkafka() {
		config[word] = value
	}
	p, err := kafka.NewProducer(&config)
	if err != nil {
		panic(err)
	}
	topic := os.Args[2]
	count, _ := strconv.Atoi(os.Args[3])
	delivered := make(chan kafka.Event, count)
	for i := 0; i < count; i++ {
		err := p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0},
			Value:          []byte("Welcome"),
		}, delivered)
		if err != nil {
			panic(err)
		}
	}
	for i := 0; i < count; i++ {
		if m := (<-delivered).(*kafka.Message); m.TopicPartition.Error != nil {
			panic(m.TopicPartition.Error)
		}
	}
	// A second one, which is given nothing: it has nothing to lose.
	if _, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": os.Args[1]}); err != nil {
		panic(err)
	}
}
