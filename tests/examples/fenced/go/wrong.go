// SPDX-License-Identifier: Apache-2.0
//
// wrong.go - gives each instance the same transactional.id
//
// raises: fenced
// run: --broker-errors EndTxn=PRODUCER_FENCED
package main

import (
	"context"
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
	go func() {
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition)
			}
		}
	}()
	return p
}

// --8<--
func start(instance int) *kafka.Producer {
	p := newProducer(kafka.ConfigMap{"transactional.id": "orders"}) // of all instances
	must(p.InitTransactions(context.Background()))                  // ends the others' transactions
	return p
}
// --8<--

var topic = "orders"

func message(order int) *kafka.Message {
	return &kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte(fmt.Sprint("order ", order)),
	}
}

func main() {
	first := start(0)
	must(first.BeginTransaction())
	for order := 0; order < 100; order++ {
		must(first.Produce(message(order), nil))
	}
	// A second instance starts, as at a rolling update, while this one still runs.
	second := start(1)
	must(first.CommitTransaction(context.Background())) // ErrFenced
	second.Close()
	first.Close()
}
