// SPDX-License-Identifier: Apache-2.0
//
// right.go - commits what it has begun
//
// run: --broker-rtt 1
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
	p := newProducer(kafka.ConfigMap{"transactional.id": "orders-1"})
	defer p.Close()
	go func() {
		for e := range p.Events() {
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				fmt.Fprintln(os.Stderr, m.TopicPartition)
			}
		}
	}()

	// --8<--
	ctx := context.Background()
	must(p.InitTransactions(ctx))
	must(p.BeginTransaction())
	for order := 0; order < 100; order++ {
		must(p.Produce(message(order), nil))
	}
	err := p.CommitTransaction(ctx) // flushes, too
	if e, ok := err.(kafka.Error); ok && e.TxnRequiresAbort() {
		must(p.AbortTransaction(ctx)) // and produce the orders again
	}
	must(err)
	// --8<--
}
