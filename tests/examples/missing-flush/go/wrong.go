// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - closes the producer, which does not wait
//
// raises: destroy-without-flush
// run: --broker-rtt 1000
package main

import (
	"fmt"
	"os"

	"github.com/confluentinc/confluent-kafka-go/kafka"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newProducer(settings kafka.ConfigMap) *kafka.Producer {
	settings["bootstrap.servers"] = os.Args[1]
	p, err := kafka.NewProducer(&settings)
	must(err)
	return p
}

var topic = "orders"

func message(order int) *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte(fmt.Sprint("order ", order)),
	}
}

// --8<--
func main() {
	p := newProducer(kafka.ConfigMap{})
	defer p.Close() // does not wait: what is left is dropped

	for order := 0; order < 100; order++ {
		must(p.Produce(message(order), nil))
	}
}

// --8<--
