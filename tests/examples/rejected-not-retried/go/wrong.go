// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - goes on when the queue is full
//
// raises: rejected-not-retried
// run: --broker-rtt 400
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
	p := newProducer(kafka.ConfigMap{"queue.buffering.max.messages": 10})
	defer p.Close()
	go func() {
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition)
			}
		}
	}()

	// --8<--
	for order := 0; order < 100; order++ {
		p.Produce(message(order), nil) // the error is lost, and so is the order
	}
	// --8<--
	for p.Flush(1000) > 0 {
	}
}
