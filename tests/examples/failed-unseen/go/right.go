// SPDX-License-Identifier: Apache-2.0
//
// right.go - reads the delivery reports, and acts on them
//
// run: --broker-rtt 1
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
	failed := make(chan int)

	go func() {
		count := 0
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition.Error, string(m.Value))
				count++
			}
		}
		failed <- count
	}()
	for order := 0; order < 100; order++ {
		must(p.Produce(message(order), nil))
	}
	for p.Flush(1000) > 0 {
	}
	p.Close() // ends Events()
	if <-failed > 0 {
		os.Exit(1)
	}
}

// --8<--
