// SPDX-License-Identifier: Apache-2.0
//
// right.go - waits for room, and produces again
//
// run: --broker-rtt 100
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
func send(p *kafka.Producer, m *kafka.Message) error {
	for {
		err := p.Produce(m, nil)
		if e, ok := err.(kafka.Error); !ok || e.Code() != kafka.ErrQueueFull {
			return err
		}
		p.Flush(100) // reports are taken meanwhile, which makes room
	}
}

// --8<--
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

	for order := 0; order < 30; order++ {
		must(send(p, message(order)))
	}
	for p.Flush(1000) > 0 {
	}
}
