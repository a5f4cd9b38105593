// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - reads no events, and passes no channel to Produce
//
// raises: failed-unseen
// run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
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

func main() {
	p := newProducer(kafka.ConfigMap{"go.delivery.reports": false})
	defer p.Close()

	// --8<--
	for order := 0; order < 100; order++ {
		must(p.Produce(message(order), nil)) // "go.delivery.reports": false
	}
	for p.Flush(1000) > 0 { // in the end 0: what failed is not left
	}
	// --8<--
}
