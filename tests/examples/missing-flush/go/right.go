// SPDX-License-Identifier: Apache-2.0
//
// right.go - flushes until nothing is left, and checks that
//
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

// --8<--
func main() {
	p := newProducer(kafka.ConfigMap{})
	defer p.Close()

	go func() {
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition)
			}
		}
	}()
	for order := 0; order < 100; order++ {
		must(p.Produce(message(order), nil))
	}
	for left := p.Flush(1000); left > 0; left = p.Flush(1000) {
		fmt.Fprintln(os.Stderr, left, "events are left")
	}
}

// --8<--
